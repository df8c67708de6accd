//! Requests as they come: JSON, or what somebody takes for it.

use crate::engine;

/// The bytes as a request, to an engine that holds keys.
pub fn run(data: &[u8]) {
    let outcome = engine::call(data);
    assert_eq!(outcome, engine::call(data), "the same request gave other bytes");
    if let (0, Ok(request)) = (outcome.status, serde_json::from_slice(data)) {
        assert_eq!(outcome, engine::ask(&request), "the same request, written otherwise, gave other bytes");
    }
}
