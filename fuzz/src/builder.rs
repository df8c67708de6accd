//! Requests as a program in C builds them: calls of the builder, with whatever names and values there are.
//!
//! An input is text. Its first line is the operation; each line behind it is a call, of which `\n`, `\0` and `\\` stand
//! for what they stand for in C: a letter that says which, the field, a tab, and the value.

use indexmap::IndexMap;
use sealwright::{
    Buffer, Engine, Request, Response, SEALWRIGHT_OK, sealwright_buffer_free, sealwright_engine_import_key,
    sealwright_engine_new, sealwright_error_name, sealwright_perform, sealwright_request_free,
    sealwright_request_new, sealwright_request_set_boolean, sealwright_request_set_bytes,
    sealwright_request_set_integer, sealwright_request_set_json, sealwright_request_set_text,
    sealwright_response_free, sealwright_response_json, sealwright_response_status,
};
use serde::{Deserialize, Serialize};
use std::ffi::CString;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;

use crate::engine;

/// JSON whose objects keep the order of their fields.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(untagged)]
enum Tree {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Self>),
    Object(IndexMap<String, Self>),
}

impl Tree {
    /// Puts a value where the builder puts it, by a reading of names that is not the builder's.
    fn set(&mut self, field: &str, value: Self) {
        if field.is_empty() {
            *self = value;
            return;
        }
        let (name, rest) = first(field);
        let below = match name {
            Name::Item(index) => self.item(index),
            Name::Field(name) => self.field(name),
        };
        below.set(rest, value);
    }

    fn item(&mut self, index: usize) -> &mut Self {
        if *self == Self::Null {
            *self = Self::List(Vec::new());
        }
        let Self::List(items) = self else { panic!("an item of {self:?}") };
        if items.len() == index {
            items.push(Self::Null);
        }
        &mut items[index]
    }

    fn field(&mut self, name: String) -> &mut Self {
        if *self == Self::Null {
            *self = Self::Object(IndexMap::new());
        }
        let Self::Object(fields) = self else { panic!("a field of {self:?}") };
        fields.entry(name).or_insert(Self::Null)
    }
}

enum Name {
    Field(String),
    Item(usize),
}

/// The first step of a field that the builder takes, and the rest of it.
fn first(field: &str) -> (Name, &str) {
    let field = field.strip_prefix('.').unwrap_or(field);
    if field.starts_with('[') {
        // The bracket that closes is the first one behind which the name is a JSON string.
        for (end, _) in field.match_indices(']') {
            if let Ok(name) = serde_json::from_str(&field[1..end]) {
                return (Name::Field(name), &field[end + 1..]);
            }
        }
        panic!("no name in {field}");
    }
    let (name, rest) = field.split_at(field.find(['.', '[']).unwrap_or(field.len()));
    let is_number = name.bytes().all(|octet| octet.is_ascii_digit());
    (if is_number { Name::Item(name.parse().expect("an index")) } else { Name::Field(name.to_owned()) }, rest)
}

/// The bytes as calls. What the builder takes is asked of the engine as JSON too; what it refuses has a numbered error,
/// the first of which the request ends in.
///
/// # Panics
/// If the answers differ, or an error has no number.
pub fn run(data: &[u8]) {
    let mut lines = data.split(|octet| *octet == b'\n');
    let operation = lines.next().unwrap_or_default();
    let Ok(name) = CString::new(operation) else { return };
    // SAFETY: the name ends with a NUL.
    let request = unsafe { sealwright_request_new(name.as_ptr()) };
    let Ok(name) = name.into_string() else {
        assert!(request.is_null(), "an operation that is no UTF-8");
        return;
    };
    let mut tree = Tree::Null;
    tree.set("op", Tree::Text(name));
    let mut failed = SEALWRIGHT_OK;
    for line in lines {
        let Some(call) = Call::read(line) else { continue };
        let status = call.perform(request);
        if status != SEALWRIGHT_OK {
            assert!(!sealwright_error_name(status).is_null(), "found the error {status}");
        }
        // What comes of a request after its first error, nobody sees.
        if failed == SEALWRIGHT_OK {
            failed = status;
            if status == SEALWRIGHT_OK {
                call.apply(&mut tree);
            }
        }
    }
    let (status, found) = perform(request);
    // SAFETY: it was made above, and nobody has freed it.
    unsafe { sealwright_request_free(request) };
    if failed == SEALWRIGHT_OK {
        let wanted = engine::call(&serde_json::to_vec(&tree).expect("a tree is JSON"));
        assert_eq!((status, found), (wanted.status, inside(&wanted.body)), "{tree:?}");
    } else {
        assert_eq!(status, failed, "the first error is another one: {found:?}");
    }
}

/// What the accessors show of a response: what it holds, or its first question.
fn inside(body: &[u8]) -> Tree {
    let Tree::Object(fields) = serde_json::from_slice(body).expect("a response is JSON") else {
        panic!("a response is an object")
    };
    match fields.into_iter().next().expect("a response has one field") {
        (name, Tree::List(mut questions)) if name == "needs" => questions.pop().expect("a question"),
        (_, value) => value,
    }
}

/// One call of the builder.
struct Call {
    kind: u8,
    field: CString,
    value: Vec<u8>,
}

impl Call {
    /// A line without a tab, and one whose field has a NUL in it, is no call.
    fn read(line: &[u8]) -> Option<Self> {
        let (kind, rest) = line.split_first()?;
        let tab = rest.iter().position(|octet| *octet == b'\t')?;
        let (field, value) = (CString::new(&rest[..tab]).ok()?, unescape(&rest[tab + 1..]));
        Some(Self { kind: *kind, field, value })
    }

    /// The number of a value, or what its octets make.
    fn integer(&self) -> i64 {
        let written = str::from_utf8(&self.value).ok().and_then(|text| text.parse().ok());
        written.unwrap_or_else(|| self.value.iter().fold(0, |sum, octet| sum << 8 | i64::from(*octet)))
    }

    fn perform(&self, request: *mut Request) -> u32 {
        let (field, value, len) = (self.field.as_ptr(), self.value.as_ptr(), self.value.len());
        // SAFETY: nobody else uses the request, the field ends with a NUL, and there are `len` octets at `value`.
        unsafe {
            match self.kind {
                b'b' => sealwright_request_set_bytes(request, field, value, len),
                b'i' => sealwright_request_set_integer(request, field, self.integer()),
                b'l' => sealwright_request_set_boolean(request, field, i32::from(len > 0)),
                b'j' => sealwright_request_set_json(request, field, value.cast(), len),
                _ => sealwright_request_set_text(request, field, value.cast(), len),
            }
        }
    }

    /// The same on a tree, once the builder has taken it.
    fn apply(self, tree: &mut Tree) {
        let field = self.field.to_str().expect("the builder takes UTF-8");
        assert!(!field.is_empty(), "the builder takes the whole request for a field");
        let text = |octets: Vec<u8>| String::from_utf8(octets).expect("the builder takes UTF-8");
        let value = match self.kind {
            b'b' => Tree::Text(engine::encode(&self.value)),
            b'i' => Tree::Number(self.integer().into()),
            b'l' => Tree::Boolean(!self.value.is_empty()),
            b'j' => serde_json::from_slice(&self.value).expect("the builder takes JSON"),
            _ => Tree::Text(text(self.value.clone())),
        };
        tree.set(field, value);
    }
}

fn unescape(octets: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = octets.iter();
    while let Some(octet) = rest.next() {
        found.push(match (octet, rest.as_slice().first()) {
            (b'\\', Some(b'n' | b'0' | b'\\')) => match rest.next() {
                Some(b'n') => b'\n',
                Some(b'0') => 0,
                _ => b'\\',
            },
            _ => *octet,
        });
    }
    found
}

/// An engine of the C library that holds the keys that [`engine::call`] does.
struct Keys(*mut Engine);

// SAFETY: the header says that any number of threads may use an engine that nobody changes.
unsafe impl Send for Keys {}
// SAFETY: the same.
unsafe impl Sync for Keys {}

static ENGINE: LazyLock<Keys> = LazyLock::new(|| {
    let made = sealwright_engine_new();
    for (id, pem) in engine::KEYS {
        let (id, pem) = (id.as_bytes(), pem.as_bytes());
        // SAFETY: nobody else has the engine yet, and each length is that of its octets.
        let status = unsafe {
            sealwright_engine_import_key(
                made,
                id.as_ptr(),
                id.len(),
                pem.as_ptr(),
                pem.len(),
                ptr::null_mut(),
            )
        };
        assert_eq!(status, SEALWRIGHT_OK);
    }
    Keys(made)
});

/// The status, and what the response holds.
fn perform(request: *const Request) -> (u32, Tree) {
    let mut response: MaybeUninit<*mut Response> = MaybeUninit::uninit();
    let mut buffer: MaybeUninit<Buffer> = MaybeUninit::uninit();
    // SAFETY: engine and request are alive, and there is room for a pointer, which the call writes; so does the next one
    // write the buffer, of a response that is alive. What is freed is not used again.
    unsafe {
        let status = sealwright_perform(ENGINE.0, request, None, ptr::null_mut(), response.as_mut_ptr());
        let response = response.assume_init();
        assert_eq!(sealwright_response_status(response), status);
        assert_eq!(sealwright_response_json(response, c"".as_ptr(), buffer.as_mut_ptr()), SEALWRIGHT_OK);
        let mut buffer = buffer.assume_init();
        let tree = serde_json::from_slice(std::slice::from_raw_parts(buffer.data, buffer.len));
        sealwright_buffer_free(&raw mut buffer);
        sealwright_response_free(response);
        (status, tree.expect("a field is JSON"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealwright::SEALWRIGHT_NEEDS;
    use sealwright_core::ErrorCode;

    fn outcome(input: &str) -> u32 {
        let mut lines = input.lines();
        let name = CString::new(lines.next().unwrap()).unwrap();
        // SAFETY: the name ends with a NUL; the request is freed after its last use.
        unsafe {
            let request = sealwright_request_new(name.as_ptr());
            for call in lines.filter_map(|line| Call::read(line.as_bytes())) {
                call.perform(request);
            }
            let (status, _) = perform(request);
            sealwright_request_free(request);
            status
        }
    }

    /// The seeds reach what they are named after.
    #[test]
    fn the_seeds_are_understood() {
        assert_eq!(outcome(include_str!("../seeds/builder/csr")), SEALWRIGHT_OK);
        assert_eq!(outcome(include_str!("../seeds/builder/authority")), SEALWRIGHT_OK);
        assert_eq!(outcome(include_str!("../seeds/builder/token")), SEALWRIGHT_OK);
        assert_eq!(outcome(include_str!("../seeds/builder/question")), SEALWRIGHT_NEEDS);
        assert_eq!(outcome(include_str!("../seeds/builder/misfit")), ErrorCode::FieldInvalid.number());
    }

    #[test]
    fn fields_are_read_as_errors_write_them() {
        let mut tree = Tree::Null;
        for (value, field) in ["a.0.b", "a.1", r#"["x.y]"].0"#, r#"c["1"]"#, "+1"].iter().enumerate() {
            tree.set(field, Tree::Number(value.into()));
        }
        let wanted = r#"{"a":[{"b":0},1],"x.y]":[2],"c":{"1":3},"+1":4}"#;
        assert_eq!(serde_json::to_string(&tree).unwrap(), wanted);
    }
}
