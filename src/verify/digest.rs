//! The seal of a certificate: SHA-256 over the canonical JSON of everything but the seal.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Deeper nesting is not a certificate.
pub(super) const MAX_DEPTH: usize = 120;

/// Writes the digest of a certificate into it, at `certificate.digest`.
pub fn seal(certificate: &mut Value) {
    let digest = sealed(certificate);
    if let (Some(inner), Some(digest)) =
        (certificate.get_mut("certificate").and_then(Value::as_object_mut), digest)
    {
        inner.insert("digest".into(), Value::String(digest));
    }
}

/// The digest that a certificate should carry; `None` where it is nested too deeply to be one.
pub fn sealed(certificate: &Value) -> Option<String> {
    let mut text = String::new();
    canonical(certificate, &[], &mut text, 0)?;
    let mut out = String::new();
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    Some(out)
}

/// Compact, with keys in order. The digest itself, and nothing else, is left out.
fn canonical(value: &Value, place: &[&str], out: &mut String, depth: usize) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push('{');
            for key in keys {
                let here: Vec<&str> = place.iter().copied().chain([key.as_str()]).collect();
                if here == ["certificate", "digest"] {
                    continue;
                }
                let _ = write!(out, "{}:", Value::String(key.clone()));
                canonical(&map[key], &here, out, depth + 1)?;
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                let here: Vec<&str> = place.iter().copied().chain([""]).collect();
                canonical(item, &here, out, depth + 1)?;
                out.push(',');
            }
            out.push(']');
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
    Some(())
}
