//! JSON in which each field is written once. Of two fields with one name a person sees the first, a program the last.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads the text of a certificate.
///
/// # Errors
/// Where it is not JSON, or names a field twice.
pub fn parse_certificate(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str::<Strict>(text).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let Strict(value) = fields.next_value()?;
            if all.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format!("the field `{name}` is written twice")));
            }
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::parse_certificate;

    #[test]
    fn the_same_as_any_reader() {
        let text = r#"{"a": [1, -2, 2.5, true, null, "x\n"], "b": {"a": {}}, "c": 1e300}"#;
        let usual: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse_certificate(text).unwrap(), usual);
    }

    #[test]
    fn a_field_written_twice_is_refused() {
        let told = parse_certificate(r#"{"a": {"b": 1, "b": 1}}"#).unwrap_err().to_string();
        assert!(told.contains("`b` is written twice"), "{told}");
        assert!(parse_certificate("{\"a\": 1").is_err());
    }
}
