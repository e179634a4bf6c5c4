//! Goals decided on several threads. Outcomes depend on the goal alone, so that the number of threads changes nothing.
//!
//! Goals about the same quantity go to the same thread, one after the other: they share their evidence. A goal that takes
//! too long is left to its thread, which is not waited for; another thread takes its place. After a few of these
//! nothing more is tried.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hence::elaborate::{Goal, GoalKind};
use hence::verify::Earlier;

use super::STACK;

/// Between two looks at the clock.
const LOOK: Duration = Duration::from_millis(20);

/// Threads that are left to themselves, at most: each takes a processor from the others.
const MOST_LOST: usize = 4;

/// How a goal is decided, with the numbers of earlier goals about the same quantity.
pub type Decide<T> = Box<dyn Fn(&Goal, &mut Earlier) -> T + Send + Sync>;

/// How goals are decided.
pub struct Setting<T> {
    /// What is found out about a goal.
    pub decide: Decide<T>,
    /// What is said of a goal that no answer was found for, and why.
    pub give_up: fn(&Goal, &str) -> T,
    /// Threads.
    pub jobs: usize,
    /// For one goal.
    pub time: Duration,
}

/// The outcome for a goal; none where the thread that decided it panicked.
type Answer<T> = (usize, Option<T>);

/// Goals that share their evidence, by their index.
type Group = VecDeque<usize>;

/// What the threads share.
struct Shared<T> {
    setting: Setting<T>,
    goals: Vec<Goal>,
    groups: Mutex<VecDeque<Group>>,
}

/// What one thread is doing.
#[derive(Default)]
struct Seat {
    group: Mutex<Group>,
    current: Mutex<Option<(usize, Instant)>>,
    lost: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Decides goals and hands over each outcome, with the index of its goal, as soon as it is there; the flag says whether it is
/// an answer rather than the lack of one within the time.
pub fn decide_all<T: Send + 'static>(
    goals: Vec<Goal>,
    setting: Setting<T>,
    mut done: impl FnMut(usize, T, bool),
) {
    let groups = Mutex::new(groups(&goals));
    let shared = Arc::new(Shared { setting, goals, groups });
    let mut open: Vec<bool> = vec![true; shared.goals.len()];
    let (sender, receiver) = channel();
    let jobs = shared.setting.jobs.clamp(1, shared.goals.len().max(1));
    let mut seats: Vec<Arc<Seat>> = (0..jobs).map(|_| seat(&shared, &sender)).collect();
    let mut lost = 0;
    while open.contains(&true) {
        if let Some((index, outcome)) = next(&receiver) {
            if std::mem::replace(&mut open[index], false) {
                let failed = || (shared.setting.give_up)(&shared.goals[index], "internal error");
                let answered = outcome.is_some();
                done(index, outcome.unwrap_or_else(failed), answered);
            }
            continue;
        }
        for seat in &mut seats {
            let Some(index) = overdue(seat, &shared) else { continue };
            lost += 1;
            if std::mem::replace(&mut open[index], false) {
                let limit = shared.setting.time.as_secs();
                let why = format!("no end was reached within {limit} s (--timeout)");
                done(index, (shared.setting.give_up)(&shared.goals[index], &why), false);
            }
            if lost < MOST_LOST {
                *seat = self::seat(&shared, &sender);
            }
        }
        if lost >= MOST_LOST {
            let why = format!("not tried: {lost} statements before it reached no end");
            for index in (0..open.len()).filter(|i| open[*i]) {
                done(index, (shared.setting.give_up)(&shared.goals[index], &why), false);
            }
            return;
        }
    }
}

/// The next outcome, if there is one soon.
fn next<T>(receiver: &Receiver<Answer<T>>) -> Option<Answer<T>> {
    receiver.recv_timeout(LOOK).ok()
}

/// The goal that a thread has been at for too long. What that thread would have done next is left to the others.
fn overdue<T>(seat: &Seat, shared: &Shared<T>) -> Option<usize> {
    // The thread cannot go on to another goal while its group is locked.
    let mut group = locked(&seat.group);
    let (index, since) = (*locked(&seat.current))?;
    if since.elapsed() <= shared.setting.time || seat.lost.swap(true, Ordering::Relaxed) {
        return None;
    }
    locked(&shared.groups).push_back(std::mem::take(&mut *group));
    Some(index)
}

/// Goals by the quantity that they are about, the largest groups first: the last thread should not start on one.
fn groups(goals: &[Goal]) -> VecDeque<Group> {
    let mut by_left: BTreeMap<String, Group> = BTreeMap::new();
    for (index, goal) in goals.iter().enumerate() {
        let (GoalKind::Derive { left, .. }
        | GoalKind::Claim { left, .. }
        | GoalKind::Solve { left, .. }) = &goal.kind;
        let known = &goal.context.definitions;
        by_left.entry(format!("{left} {known:?}")).or_default().push_back(index);
    }
    let mut groups: Vec<Group> = by_left.into_values().collect();
    groups.sort_by_key(|g| (std::cmp::Reverse(g.len()), g.front().copied()));
    groups.into()
}

/// A thread at work.
fn seat<T: Send + 'static>(shared: &Arc<Shared<T>>, sender: &Sender<Answer<T>>) -> Arc<Seat> {
    let seat = Arc::new(Seat::default());
    let (own, shared, sender) = (Arc::clone(&seat), Arc::clone(shared), sender.clone());
    let work = move || own.work(&shared, &sender);
    if let Err(e) = std::thread::Builder::new().stack_size(STACK).spawn(work) {
        panic!("no thread could be started: {e}");
    }
    seat
}

impl<T> Shared<T> {
    fn decide(&self, index: usize, earlier: &mut Earlier) -> T {
        (self.setting.decide)(&self.goals[index], earlier)
    }
}

impl Seat {
    fn work<T>(&self, shared: &Shared<T>, sender: &Sender<Answer<T>>) {
        while !self.lost.load(Ordering::Relaxed) {
            let Some(group) = locked(&shared.groups).pop_front() else { return };
            *locked(&self.group) = group;
            let mut earlier = Earlier::default();
            while let Some(index) = self.next() {
                let answer = catch_unwind(AssertUnwindSafe(|| shared.decide(index, &mut earlier)));
                if sender.send((index, answer.ok())).is_err() {
                    return;
                }
            }
        }
    }

    /// The next goal of the group; its time starts now.
    fn next(&self) -> Option<usize> {
        let mut group = locked(&self.group);
        let index = group.pop_front();
        *locked(&self.current) = index.map(|index| (index, Instant::now()));
        index
    }
}
