//! An array of records, one for each statement and one for each thing that was wrong with the input.

use serde_json::{Map, Value, json};

use super::{Reporter, Shown, Tally};
use crate::cli::context::Session;

/// The records so far.
#[derive(Default)]
pub struct Json {
    records: Vec<Value>,
}

impl Reporter for Json {
    fn statement(&mut self, shown: &Shown<'_>, _session: &mut Session) {
        let (line, column) = shown.position();
        let mut record = Map::new();
        record.insert("file".into(), shown.document.source.name.clone().into());
        record.insert("line".into(), line.into());
        record.insert("column".into(), column.into());
        if let Value::Object(fields) = &shown.outcome.record {
            record.extend(fields.clone());
        }
        record.insert("ok".into(), shown.is_fine().into());
        let expected = if shown.expected_refuted() { "refuted" } else { "proved" };
        record.insert("expected".into(), json!(expected));
        self.records.push(Value::Object(record));
    }

    fn finish(&mut self, _tally: &Tally, session: &mut Session) {
        self.records.extend(session.problems.all().into_iter().map(|trouble| {
            json!({
                "file": trouble.file,
                "line": trouble.line,
                "column": trouble.column,
                "kind": "diagnostic",
                "status": "unreadable",
                "ok": false,
                "code": trouble.code,
                "message": trouble.message,
                "hint": trouble.hint,
            })
        }));
        let all = Value::Array(std::mem::take(&mut self.records));
        session.output.line(&format!("{all:#}"));
    }
}
