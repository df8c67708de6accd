//! A body that is read once and not kept: its digests, and the whole of it only while it is short.

use std::pin::Pin;

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
use axum::body::{Body, HttpBody};
use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::service::messages::MessageBody;

/// How long a body may be that is kept whole.
const KEPT: usize = 64 << 10;
/// What a SET of signed attributes begins with: see the engine's `Digests`.
const SET: u8 = 0x31;

/// A body that was read.
pub(super) struct ReadBody {
    whole: Option<Vec<u8>>,
    first: Option<u8>,
    digests: Value,
}

/// The digests so far.
struct Digesting {
    contexts: [(&'static str, Context); 4],
    length: u64,
    kept: Option<Vec<u8>>,
    first: Option<u8>,
}

impl Digesting {
    fn new() -> Self {
        let of = |algorithm| Context::new(algorithm);
        Self {
            contexts: [
                ("sha-256", of(&SHA256)),
                ("sha-384", of(&SHA384)),
                ("sha-512", of(&SHA512)),
                ("sha", of(&SHA1_FOR_LEGACY_USE_ONLY)),
            ],
            length: 0,
            kept: Some(Vec::new()),
            first: None,
        }
    }

    fn update(&mut self, octets: &[u8]) {
        self.contexts.iter_mut().for_each(|(_, context)| context.update(octets));
        self.first = self.first.or(octets.first().copied());
        self.length = self.length.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        match &mut self.kept {
            Some(kept) if kept.len() + octets.len() <= KEPT => kept.extend_from_slice(octets),
            kept => *kept = None,
        }
    }

    fn finish(self) -> ReadBody {
        let mut digests = json!({});
        for (name, context) in self.contexts {
            digests[name] = json!(Base64UrlUnpadded::encode_string(context.finish().as_ref()));
        }
        ReadBody { whole: self.kept, first: self.first, digests }
    }
}

/// Reads a body to its end, piece by piece.
///
/// # Errors
/// If it is longer than this, or does not arrive whole.
pub(super) async fn read(mut body: Body, limit: u64) -> Result<ReadBody, Problem> {
    let mut digesting = Digesting::new();
    while let Some(piece) = next(&mut body).await? {
        digesting.update(&piece);
        if digesting.length > limit {
            let detail = format!("the body is longer than {limit} bytes");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_long", detail));
        }
    }
    Ok(digesting.finish())
}

/// Reads so much of a body and forgets it: a client that is still sending does not read the answer.
pub(super) async fn discard(mut body: Body, limit: usize) {
    let mut left = limit;
    while let Ok(Some(piece)) = next(&mut body).await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            return;
        }
    }
}

async fn next(body: &mut Body) -> Result<Option<axum::body::Bytes>, Problem> {
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        match frame.map(|frame| frame.map(http_body::Frame::into_data)) {
            None => return Ok(None),
            Some(Ok(Ok(piece))) => return Ok(Some(piece)),
            // Trailers are no part of the body.
            Some(Ok(Err(_))) => {}
            Some(Err(_)) => {
                let detail = "the body did not arrive whole";
                return Err(Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", detail));
            }
        }
    }
}

impl ReadBody {
    /// As the engine takes it; the whole of it only where that is what is signed.
    ///
    /// # Errors
    /// What is wrong, for a long body that might be what the signature of another message is over.
    pub(super) fn into_body(self, is_over_body: bool) -> Result<MessageBody, &'static str> {
        match self.whole {
            Some(whole) if is_over_body => Ok(MessageBody::Whole(Base64UrlUnpadded::encode_string(&whole))),
            None if is_over_body && self.first == Some(SET) => Err(
                "found a long body that begins with the octet 0x31, as signed attributes do; a signature over the body \
                     itself does not tell them apart",
            ),
            _ => Ok(MessageBody::Digests(self.digests)),
        }
    }

    /// Its digests by their names.
    pub(super) fn digests(&self) -> &Value {
        &self.digests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_kept_while_it_is_short() {
        let read_all = async |body: Vec<u8>| read(Body::from(body), 1 << 20).await.ok().unwrap();
        let short = read_all(b"abc".to_vec()).await;
        assert_eq!(short.digests["sha-256"], "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert_eq!(short.digests["sha"], "qZk-NkcGgWq6PiVxeFDCbJzQ2J0");
        assert!(matches!(short.into_body(true), Ok(MessageBody::Whole(whole)) if whole == "YWJj"));
        assert!(matches!(read_all(Vec::new()).await.into_body(false), Ok(MessageBody::Digests(_))));
        let long = |first: u8| [vec![first], vec![7; KEPT]].concat();
        assert!(matches!(read_all(long(7)).await.into_body(true), Ok(MessageBody::Digests(_))));
        assert!(read_all(long(SET)).await.into_body(true).is_err());
        assert!(read_all(long(SET)).await.into_body(false).is_ok());
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_not_read_to_its_end() {
        assert!(read(Body::from(vec![0; 100]), 100).await.is_ok());
        assert!(read(Body::from(vec![0; 101]), 100).await.is_err());
    }
}
