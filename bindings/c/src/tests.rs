//! The boundary as C crosses it, for Miri to watch: what is pointed to, what is freed, who uses it at the same time.
//! What the functions answer is tested from C.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::{mem::MaybeUninit, ptr};
use std::thread;

use crate::boundary::contain;
use crate::*;

const NEEDS: &CStr = c"create_csr";
/// A P-256 key (RFC 6979 A.2.5).
const PUBLIC_KEY: &CStr = c"-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7
Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
-----END PUBLIC KEY-----
";

/// A response by the accessors, gone when it is dropped.
struct Read(*mut Response);

impl Read {
    fn perform(engine: *const Engine, request: *const Request, callback: KeyCallback) -> (u32, Self) {
        let mut response = MaybeUninit::uninit();
        let mut context = 0_u8;
        let pointer = (&raw mut context).cast::<c_void>();
        let status = unsafe { sealwright_perform(engine, request, callback, pointer, response.as_mut_ptr()) };
        (status, Self(unsafe { response.assume_init() }))
    }

    fn text(&self, field: &CStr) -> Option<&CStr> {
        let mut len = 7;
        let text = unsafe { sealwright_response_text(self.0, field.as_ptr(), &raw mut len) };
        let found = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) });
        assert_eq!(len, found.map_or(0, |text| text.count_bytes()));
        found
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        unsafe { sealwright_response_free(self.0) };
    }
}

fn set_text(request: *mut Request, field: &CStr, value: &CStr) -> u32 {
    unsafe { sealwright_request_set_text(request, field.as_ptr(), value.as_ptr(), TO_NUL) }
}

fn request() -> *mut Request {
    let request = unsafe { sealwright_request_new(NEEDS.as_ptr()) };
    assert_eq!(set_text(request, c"subject", c"CN=device-7"), SEALWRIGHT_OK);
    assert_eq!(set_text(request, c"key.id", c"elsewhere"), SEALWRIGHT_OK);
    assert_eq!(set_text(request, c"key.public_key", PUBLIC_KEY), SEALWRIGHT_OK);
    request
}

unsafe extern "C" fn refuse(
    _: *mut c_void,
    question: *const Question,
    answer: *mut u8,
    answer_len: *mut usize,
) -> c_int {
    let question = unsafe { &*question };
    let input = unsafe { core::slice::from_raw_parts(question.input, question.input_len) };
    assert!(input.starts_with(&[0x30]));
    assert_eq!(unsafe { CStr::from_ptr(question.key) }, c"elsewhere");
    let room = unsafe { *answer_len };
    unsafe { ptr::write_bytes(answer, 1, room) };
    -1
}

#[test]
fn a_request_is_built_and_performed() {
    let (engine, request) = (sealwright_engine_new(), request());
    let refused: KeyCallback = Some(refuse);
    for callback in [None, refused] {
        let (status, response) = Read::perform(engine, request, callback);
        assert_eq!(status, SEALWRIGHT_NEEDS);
        assert_eq!(response.text(c"use"), Some(c"sign"));
        assert_eq!(response.text(c"nothing"), None);
        let mut buffer = MaybeUninit::uninit();
        let read = unsafe { sealwright_response_bytes(response.0, c"input".as_ptr(), buffer.as_mut_ptr()) };
        assert_eq!(read, SEALWRIGHT_OK);
        unsafe { sealwright_buffer_free(buffer.as_mut_ptr()) };
    }
    unsafe { sealwright_request_free(request) };
    unsafe { sealwright_engine_free(engine) };
}

#[test]
fn bytes_and_json_are_copied() {
    let request = unsafe { sealwright_request_new(c"inspect".as_ptr()) };
    let bytes = [0_u8, 255].map(|byte| byte);
    let json = b"{\"a\":[1,null,true]}".map(|byte| byte);
    let (seed, value) = (c"seed".as_ptr(), json.as_ptr().cast::<c_char>());
    assert_eq!(unsafe { sealwright_request_set_bytes(request, seed, bytes.as_ptr(), 2) }, SEALWRIGHT_OK);
    assert_eq!(
        unsafe { sealwright_request_set_json(request, c"x".as_ptr(), value, json.len()) },
        SEALWRIGHT_OK
    );
    assert_eq!(unsafe { sealwright_request_set_integer(request, c"x.a.3".as_ptr(), -7) }, SEALWRIGHT_OK);
    assert_eq!(unsafe { sealwright_request_set_boolean(request, c"x.a.0".as_ptr(), 2) }, SEALWRIGHT_OK);
    let tree = unsafe { &*request }.tree().to_json().map(|json| String::from_utf8(json.to_vec()));
    let wanted = r#"{"op":"inspect","seed":"AP8","x":{"a":[true,null,true,-7]}}"#;
    assert_eq!(tree.ok().and_then(Result::ok).as_deref(), Some(wanted));
    unsafe { sealwright_request_free(request) };
}

#[test]
fn json_goes_in_and_comes_out() {
    let engine = sealwright_engine_new();
    let mut buffer = MaybeUninit::uninit();
    let text = b"{}";
    unsafe { sealwright_call(engine, text.as_ptr(), text.len(), buffer.as_mut_ptr()) };
    let mut buffer = unsafe { buffer.assume_init() };
    assert!(buffer.len > 10);
    unsafe { sealwright_buffer_free(&raw mut buffer) };
    unsafe { sealwright_buffer_free(&raw mut buffer) };
    let request = request();
    let json = unsafe { &*request }.tree().to_json().map(|json| json.to_vec()).unwrap_or_default();
    let refused: KeyCallback = Some(refuse);
    for callback in [None, refused] {
        let mut buffer = MaybeUninit::uninit();
        let (json, len) = (json.as_ptr(), json.len());
        let status = unsafe {
            sealwright_call_with_callback(engine, json, len, callback, ptr::null_mut(), buffer.as_mut_ptr())
        };
        assert_eq!(status, SEALWRIGHT_NEEDS);
        unsafe { sealwright_buffer_free(buffer.as_mut_ptr()) };
    }
    unsafe { sealwright_request_free(request) };
    let mut out = MaybeUninit::uninit();
    let imported = unsafe {
        sealwright_engine_import_key(engine, c"a".as_ptr().cast(), 1, text.as_ptr(), 2, out.as_mut_ptr())
    };
    assert_ne!(imported, SEALWRIGHT_OK);
    unsafe { sealwright_buffer_free(out.as_mut_ptr()) };
    unsafe { sealwright_engine_free(engine) };
}

/// Pointers to what the threads share.
#[derive(Clone, Copy)]
struct Shared(*const Engine, *const Request);

// SAFETY: the header says that any number of threads may perform a request with one engine.
unsafe impl Send for Shared {}
// SAFETY: the same.
unsafe impl Sync for Shared {}

#[test]
fn threads_share_an_engine_and_a_request() {
    let (engine, request) = (sealwright_engine_new(), request());
    let shared = &Shared(engine, request);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(move || {
                let (status, response) = Read::perform(shared.0, shared.1, None);
                assert_eq!(status, SEALWRIGHT_NEEDS);
                assert_eq!(response.text(c"key"), Some(c"elsewhere"));
            });
        }
    });
    unsafe { sealwright_request_free(request) };
    unsafe { sealwright_engine_free(engine) };
}

/// Debug builds know what is alive.
#[test]
fn what_has_been_freed_is_refused() {
    let request = request();
    unsafe { sealwright_request_free(request) };
    assert_ne!(set_text(request, c"a", c"b"), SEALWRIGHT_OK);
    unsafe { sealwright_request_free(request) };
    assert!(contain(|| handle::check(request, "request")).is_err());
}
