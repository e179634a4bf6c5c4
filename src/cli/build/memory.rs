//! Pages of earlier runs, so that an unchanged document costs nothing.
//!
//! As with the outcomes of `hence check`, they are kept in the user's own cache directory, never beside the documents. A page is
//! found again by the SHA-256 of everything that it depends on: this program, the theories, the options, its document, and which
//! other pages there are to link to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::super::arguments::BuildArguments;
use super::super::cache::{self, Cache};
use super::super::context::Session;
use super::super::source;
use super::sources::Sourced;

/// A page in every form that was asked for, as plain data.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Remembered {
    /// The texts by the name of their form.
    pub texts: BTreeMap<String, String>,
    /// Figures that the page draws: their files and what is in them.
    pub drawn: BTreeMap<String, String>,
    /// Files below the document's directory that the page shows.
    pub images: Vec<String>,
    /// What the site says of it, as JSON.
    pub listed: Value,
    /// What does not hold, a line each.
    pub wrong: Vec<String>,
}

/// Where pages are kept, if anywhere.
pub struct Memory {
    place: Option<(PathBuf, Vec<String>)>,
}

impl Memory {
    /// The memory for a build of these documents.
    pub fn open(arguments: &BuildArguments, sourced: &[Sourced], session: &Session) -> Self {
        if arguments.no_cache {
            return Self { place: None };
        }
        let pages: Vec<&str> = sourced.iter().map(|s| s.path.as_str()).collect();
        let options = format!(
            "build {:?} {:?} {} {} {pages:?}",
            arguments.format, arguments.lang, arguments.detail, arguments.unsafe_html
        );
        let cache = Cache::open(
            arguments.cache.as_deref(),
            &session.theories().collect::<Vec<_>>(),
            &options,
        );
        let place = cache.map(|cache| {
            let key = |s: &Sourced| {
                cache::digest(&[
                    cache.setting().as_bytes(),
                    s.path.as_bytes(),
                    s.document.source.name.as_bytes(),
                    s.document.source.text.as_bytes(),
                ])
            };
            (cache.directory().join("pages"), sourced.iter().map(key).collect())
        });
        Self { place }
    }

    /// The page of the document with this index, as it was made before.
    pub fn get(&self, index: usize, document: &Path) -> Option<Remembered> {
        let (file, key) = self.file(index, document)?;
        if !file.is_file() {
            return None;
        }
        let text = source::read_certificate(&file).ok()?;
        let value: Value = serde_json::from_str(&text.text).ok()?;
        (value["key"] == key).then(|| Remembered::from_json(&value))?
    }

    /// Keeps a page for the next run. A directory that cannot be written costs time only.
    pub fn keep(&self, index: usize, document: &Path, page: &Remembered) {
        if let Some((file, key)) = self.file(index, document) {
            let mut value = page.to_json();
            value["key"] = key.into();
            let _ = source::write(&file, &value.to_string());
        }
    }

    /// Bytes that were kept under a name.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let (directory, _) = self.place.as_ref()?;
        let file = directory.join(name);
        if file.is_file() { std::fs::read(file).ok() } else { None }
    }

    /// Keeps bytes under a name.
    pub fn keep_bytes(&self, name: &str, bytes: &[u8]) {
        if let Some((directory, _)) = &self.place {
            let _ = source::write_bytes(&directory.join(name), bytes);
        }
    }

    fn file(&self, index: usize, document: &Path) -> Option<(PathBuf, &str)> {
        let (directory, keys) = self.place.as_ref()?;
        let whole = std::fs::canonicalize(document).unwrap_or_else(|_| document.to_path_buf());
        let name = cache::digest(&[whole.as_os_str().as_encoded_bytes()]);
        Some((directory.join(format!("{name}.json")), keys.get(index)?))
    }
}

impl Remembered {
    fn to_json(&self) -> Value {
        let object = |all: &BTreeMap<String, String>| -> Map<String, Value> {
            all.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect()
        };
        json!({
            "texts": object(&self.texts),
            "drawn": object(&self.drawn),
            "images": self.images,
            "listed": self.listed,
            "wrong": self.wrong,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let strings = |name: &str| {
            let all = value[name].as_array()?.iter();
            all.map(|v| v.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        };
        let object = |name: &str| {
            let all = value[name].as_object()?.iter();
            all.map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect::<Option<_>>()
        };
        Some(Self {
            texts: object("texts")?,
            drawn: object("drawn")?,
            images: strings("images")?,
            listed: value["listed"].clone(),
            wrong: strings("wrong")?,
        })
    }
}
