//! Stand-in parser for this room's tests, ASCII only, panics on bad syntax. It goes when branch `syntax` is merged.
#![allow(missing_docs, clippy::all)]
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::*;
use crate::term::{BinderOp, Relation};
type R<T> = Result<T, Vec<Diagnostic>>;
#[derive(Clone, PartialEq, Debug)]
struct Tok {
    t: String,
    s: Span,
    nl: bool,
    sp: bool,
    q: bool,
}
fn lex(src: &str) -> Vec<Tok> {
    let b: Vec<(usize, char)> = src.char_indices().collect();
    let mut i = 0;
    let mut out = vec![];
    let mut nl = true;
    let mut sp = true;
    while i < b.len() {
        let (st, c) = b[i];
        if c == '\n' {
            // toplevel line start only if next line not indented
            nl = b.get(i + 1).is_none_or(|x| x.1 != ' ');
            sp = true;
            i += 1;
            continue;
        }
        if c == '#' {
            while i < b.len() && b[i].1 != '\n' {
                i += 1;
            }
            continue;
        }
        if c.is_whitespace() {
            sp = true;
            i += 1;
            continue;
        }
        let mut j = i + 1;
        let mut q = false;
        if c == '"' {
            while b[j].1 != '"' {
                j += 1;
            }
            j += 1;
            q = true;
        } else if c.is_ascii_digit() {
            while j < b.len()
                && (b[j].1.is_ascii_digit()
                    || (b[j].1 == '.' && b.get(j + 1).is_some_and(|x| x.1.is_ascii_digit())))
            {
                j += 1;
            }
        } else if c.is_ascii_alphabetic() {
            while j < b.len()
                && (b[j].1.is_ascii_alphanumeric()
                    || b[j].1 == '_'
                    || (b[j].1 == '.'
                        && b.get(j + 1).is_some_and(|x| x.1 != '.')
                        && b[j - 1].1 != '.'))
            {
                j += 1;
            }
            if b[j - 1].1 == '.' && b.get(j).is_some_and(|x| x.1 == '*') {
                j += 1;
            }
        } else {
            let two: String = b[i..(i + 2).min(b.len())].iter().map(|x| x.1).collect();
            if ["=>", "<=", ">=", "!=", "||", ".."].contains(&two.as_str()) {
                j = i + 2;
            }
        }
        let e = b.get(j).map_or(src.len(), |x| x.0);
        let t = if q { src[st + 1..e - 1].to_owned() } else { src[st..e].to_owned() };
        out.push(Tok { t, s: Span::new(st, e), nl, sp, q });
        nl = false;
        sp = false;
        i = j;
    }
    out.push(Tok {
        t: String::new(),
        s: Span::new(src.len(), src.len()),
        nl: true,
        sp: true,
        q: false,
    });
    out
}
struct P {
    k: Vec<Tok>,
    i: usize,
}
impl P {
    fn peek(&self) -> &str {
        if self.k[self.i].q { "\"" } else { &self.k[self.i].t }
    }
    fn at(&self, t: &str) -> bool {
        self.peek() == t
    }
    fn next(&mut self) -> Tok {
        let t = self.k[self.i].clone();
        if self.i + 1 < self.k.len() {
            self.i += 1;
        }
        t
    }
    fn eat(&mut self, t: &str) -> bool {
        if self.at(t) {
            self.i += 1;
            true
        } else {
            false
        }
    }
    fn need(&mut self, t: &str) {
        assert!(self.eat(t), "need {t} at {:?}", &self.k[self.i..(self.i + 4).min(self.k.len())]);
    }
    fn ident(&mut self) -> Ident {
        let t = self.next();
        Ident { name: t.t, span: t.s }
    }
    fn mk(&self, kind: ExprKind, st: usize) -> Expr {
        Expr { kind, span: Span::new(st, self.k[self.i - 1].s.end) }
    }
    fn start(&self) -> usize {
        self.k[self.i].s.start
    }
    fn expr(&mut self) -> Expr {
        let st = self.start();
        let l = self.sum();
        let r = match self.peek() {
            "=" => Relation::Eq,
            "<" => Relation::Lt,
            "<=" => Relation::Le,
            ">" => Relation::Gt,
            ">=" => Relation::Ge,
            "!=" => Relation::Ne,
            _ => return l,
        };
        self.next();
        let rr = self.sum();
        self.mk(ExprKind::Relation(r, Box::new(l), Box::new(rr)), st)
    }
    fn sum(&mut self) -> Expr {
        let st = self.start();
        let mut parts = vec![self.term()];
        loop {
            if self.eat("+") {
                parts.push(self.term());
            } else if self.at("-") {
                let s = self.start();
                self.next();
                let t = self.term();
                let e = self.mk(ExprKind::Neg(Box::new(t)), s);
                parts.push(e);
            } else {
                break;
            }
        }
        if parts.len() == 1 { parts.remove(0) } else { self.mk(ExprKind::Sum(parts), st) }
    }
    fn term(&mut self) -> Expr {
        let st = self.start();
        if self.eat("-") {
            let t = self.term();
            return self.mk(ExprKind::Neg(Box::new(t)), st);
        }
        let mut acc = vec![self.power()];
        loop {
            if self.eat("*") {
                let f = self.power();
                acc.push(f);
            } else if self.eat("/") {
                let d = self.power();
                let n = if acc.len() == 1 {
                    acc.remove(0)
                } else {
                    let a = std::mem::take(&mut acc);
                    self.mk(ExprKind::Product(a), st)
                };
                let q = self.mk(ExprKind::Quotient(Box::new(n), Box::new(d)), st);
                acc = vec![q];
            } else {
                break;
            }
        }
        if acc.len() == 1 { acc.remove(0) } else { self.mk(ExprKind::Product(acc), st) }
    }
    fn power(&mut self) -> Expr {
        let st = self.start();
        let a = self.atom();
        if self.eat("^") {
            let b = self.power();
            return self.mk(ExprKind::Power(Box::new(a), Box::new(b)), st);
        }
        a
    }
    fn args(&mut self) -> Vec<Argument> {
        let mut v = vec![];
        self.need("(");
        let mut bars = false;
        while !self.at(")") {
            let mut e = self.expr();
            let mut label = None;
            if self.eat(":") {
                label = Some(e);
                e = self.expr();
            }
            v.push(Argument { label, value: e, after_bars: bars });
            if self.eat("||") {
                bars = true;
            } else if self.eat(",") {
                bars = false;
            }
        }
        self.need(")");
        v
    }
    fn atom(&mut self) -> Expr {
        let st = self.start();
        let t = self.next();
        let c = t.t.chars().next().unwrap_or(' ');
        let mut e = if c == '(' {
            let e = self.expr();
            self.need(")");
            e
        } else if c.is_ascii_digit() {
            self.mk(ExprKind::Number(t.t), st)
        } else if c == '?' {
            let n = self.ident();
            self.mk(ExprKind::Meta(n.name), st)
        } else if self.at("[") && ["E", "int", "sum", "product", "D"].contains(&t.t.as_str()) {
            self.next();
            let var = self.ident();
            if t.t == "D" {
                self.need("]");
                self.need("(");
                let b = self.expr();
                self.need(")");
                return self.mk(ExprKind::Derivative(var, Box::new(b)), st);
            }
            let domain = if self.eat("~") {
                DomainExpr::Over(self.sum())
            } else if self.eat("from") {
                let a = self.sum();
                self.need("to");
                DomainExpr::Range(a, self.sum())
            } else {
                self.need("in");
                let a = self.sum();
                if self.eat("..") { DomainExpr::Range(a, self.sum()) } else { DomainExpr::Over(a) }
            };
            self.need("]");
            let body = if t.t == "int" {
                let b = self.sum();
                self.next();
                b
            } else {
                self.need("(");
                let b = self.expr();
                self.need(")");
                b
            };
            let op = match t.t.as_str() {
                "E" => BinderOp::Expectation,
                "int" => BinderOp::Integral,
                "sum" => BinderOp::Sum,
                _ => BinderOp::Product,
            };
            self.mk(
                ExprKind::Binder { op, var, domain: Box::new(domain), body: Box::new(body) },
                st,
            )
        } else if self.at("(") && !self.k[self.i].sp {
            let a = self.args();
            self.mk(ExprKind::Call(Ident { name: t.t, span: t.s }, a), st)
        } else {
            self.mk(ExprKind::Name(t.t), st)
        };
        while self.at("(") && !self.k[self.i].sp {
            let a = self.args();
            e = self.mk(ExprKind::Apply(Box::new(e), a), st);
        }
        e
    }
    fn sort(&mut self) -> Ident {
        let mut id = self.ident();
        while self.at("over") || (self.at("reals")) {
            let t = self.next();
            id.name += " ";
            id.name += &t.t;
            id.span.end = t.s.end;
        }
        id
    }
    fn hyp(&mut self) -> Hypothesis {
        let save = self.i;
        let mut names = vec![self.ident()];
        while self.eat(",") {
            names.push(self.ident());
        }
        if !self.k[self.i].nl
            && self.peek().chars().all(|c| c.is_ascii_alphabetic())
            && !self.at("where")
        {
            return Hypothesis::Sort(names, self.sort());
        }
        self.i = save;
        Hypothesis::Relation(self.expr())
    }
    fn trailing(&mut self) -> Vec<Hypothesis> {
        let mut v = vec![];
        if self.eat("where") {
            v.push(self.hyp());
            while self.eat(",") {
                v.push(self.hyp());
            }
        }
        v
    }
    fn conds(&mut self) -> Vec<Condition> {
        let mut v = vec![];
        loop {
            let e = self.expr();
            v.push(if self.eat("within") {
                Condition::Within(e, self.expr())
            } else if let ExprKind::Relation(..) = e.kind {
                Condition::Relation(e)
            } else if !self.k[self.i].nl
                && !self.at(",")
                && ["natural", "real", "positive", "integer"].contains(&self.peek())
            {
                Condition::Sort(e, self.sort())
            } else {
                Condition::Predicate(e)
            });
            if !self.eat(",") {
                break;
            }
        }
        v
    }
}
pub fn parse_expression(src: &str) -> R<Expr> {
    Ok(P { k: lex(src), i: 0 }.expr())
}
pub fn parse_statements(src: &str) -> R<Vec<Statement>> {
    let mut p = P { k: lex(src), i: 0 };
    let mut out = vec![];
    while !p.at("") || p.k[p.i].q {
        let st = p.start();
        let w = p.next();
        let mut kinds = vec![match w.t.as_str() {
            "let" if p.k[p.i + 1].t == "=" => {
                let n = p.ident();
                p.next();
                StatementKind::Define(n, p.expr())
            }
            "let" | "assume" => StatementKind::Declare(p.hyp()),
            "derive" => {
                let e = p.sum();
                let d = if p.eat("=") { Some(p.sum()) } else { None };
                StatementKind::Derive(e, d)
            }
            "claim" => StatementKind::Claim(p.expr()),
            x => panic!("{x}"),
        }];
        while w.t == "let" && p.eat(",") {
            kinds.push(StatementKind::Declare(p.hyp()));
        }
        let h = p.trailing();
        for kind in kinds {
            out.push(Statement {
                kind,
                span: Span::new(st, p.k[p.i - 1].s.end),
                hypotheses: h.clone(),
            });
        }
    }
    Ok(out)
}
pub fn parse_theory(src: &str) -> R<TheoryFile> {
    let mut p = P { k: lex(src), i: 0 };
    let mut items = vec![];
    while p.peek() != "" {
        let st = p.start();
        let w = p.next();
        let name = p.ident();
        let mut item = Item {
            kind: ItemKind::Phase(vec![]),
            name,
            en: None,
            zh: None,
            cite: None,
            span: Span::default(),
        };
        let zero = Expr { kind: ExprKind::Number("0".into()), span: Span::default() };
        let mut d = DistributionItem {
            parameters: vec![],
            var: item.name.clone(),
            support: SupportExpr::Named(item.name.clone()),
            constraints: vec![],
            alternatives: vec![],
            density: zero.clone(),
            sample: None,
            center: None,
        };
        let mut q = QuantityItem {
            parameters: vec![],
            body: zero.clone(),
            conditions: vec![],
            otherwise: None,
        };
        let mut r = RuleItem {
            left: zero,
            right: None,
            conditions: vec![],
            fires: vec![],
            refuses: vec![],
            proof: None,
        };
        let mut ph = vec![];
        match w.t.as_str() {
            "distribution" => {
                p.need("(");
                while !p.at(")") {
                    let n = p.ident();
                    p.need(":");
                    let s = p.sort();
                    d.parameters.push((n, s));
                    p.eat(",");
                }
                p.next();
                p.need("over");
                d.var = p.ident();
                p.need("in");
                if p.k[p.i + 1].t == ".." {
                    let a = p.sum();
                    p.next();
                    d.support = SupportExpr::Interval(a, p.sum());
                } else {
                    d.support = SupportExpr::Named(p.ident());
                }
                if p.eat("where") {
                    d.constraints = p.conds();
                }
            }
            "quantity" => {
                p.need("(");
                let mut b = false;
                while !p.at(")") {
                    q.parameters.push((p.ident(), b));
                    b = p.eat("||");
                    p.eat(",");
                }
                p.next();
                p.need("=");
                q.body = p.sum();
            }
            "rule" => {
                r.left = p.sum();
                p.next();
                r.right = Some((Relation::Eq, p.sum()));
            }
            "law" => r.left = p.expr(),
            "phase" => {}
            x => panic!("{x}"),
        }
        while !p.k[p.i].nl {
            match p.next().t.as_str() {
                "en" => item.en = Some(p.next().t),
                "zh" => item.zh = Some(p.next().t),
                "cite" => item.cite = Some(p.next().t),
                "proof" => r.proof = Some(p.ident()),
                "density" => d.density = p.sum(),
                "sample" => d.sample = Some(p.sum()),
                "center" => d.center = Some(p.sum()),
                "also" => {
                    let mut a = Alternative { parameters: vec![], with: vec![] };
                    p.need("(");
                    while !p.at(")") {
                        let n = p.ident();
                        let s = if p.eat(":") { Some(p.sort()) } else { None };
                        a.parameters.push((n, s));
                        p.eat(",");
                    }
                    p.next();
                    p.need("with");
                    let n = p.ident();
                    p.need("=");
                    a.with.push((n, p.sum()));
                    d.alternatives.push(a);
                }
                "when" => {
                    let c = p.conds();
                    q.conditions = c.clone();
                    r.conditions = c;
                }
                "otherwise" => q.otherwise = Some(p.sum()),
                "fires" => {
                    let e = p.expr();
                    let h = p.trailing();
                    r.fires.push(Instance { subject: e, hypotheses: h });
                }
                "refuses" => {
                    let e = p.expr();
                    let h = p.trailing();
                    r.refuses.push(Instance { subject: e, hypotheses: h });
                }
                "rules" => {
                    ph.push(p.ident());
                    while p.eat(",") {
                        ph.push(p.ident());
                    }
                }
                x => panic!("clause {x}"),
            }
        }
        item.span = Span::new(st, p.start());
        item.kind = match w.t.as_str() {
            "distribution" => ItemKind::Distribution(d),
            "quantity" => ItemKind::Quantity(q),
            "rule" => ItemKind::Rule(r),
            "law" => ItemKind::Law(r),
            _ => ItemKind::Phase(ph),
        };
        items.push(item);
    }
    Ok(TheoryFile { items })
}
