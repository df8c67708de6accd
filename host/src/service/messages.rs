//! Messages that devices signed: whose a message is, and whether it counts.
//!
//! The engine reads and verifies; the inventory says whose certificate it is and whether it was revoked; the store sees to
//! it that a message counts once. Only what is good in every other way is remembered.

mod told;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};

use super::{Service, ServiceError, sha256};
use crate::ambient;
use crate::guest::{CallError, EngineError};
use crate::hex;
use crate::store::{Certificate, MessagePut, NewMessage, StoreError};
pub(crate) use told::{Claims, Counted, Verified};

/// How many certificates of a key are tried.
const MAX_SIGNERS: u32 = 16;
/// Messages are remembered so much longer than they count, for a clock that is set back.
const MARGIN_SECONDS: u64 = 3_600;
/// How many are forgotten at a time.
const FORGOTTEN_AT_ONCE: u32 = 5_000;

/// Why a message does not count.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    /// It is not good.
    #[error("{}", .0.detail)]
    Refused(EngineError),
    /// So many are remembered that there is no room for one more.
    #[error("{0}")]
    NoRoom(&'static str),
    /// The engine's sandbox, the store or the settings.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for MessageError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<CallError> for MessageError {
    /// What is wrong with the authorities or the settings is nobody's affair but ours.
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(error) if is_about_the_message(&error) => Self::Refused(error),
            error => Self::Service(error.into()),
        }
    }
}

impl MessageError {
    /// What is wrong with the message, if that is it.
    pub(crate) fn refusal(&self) -> Option<&EngineError> {
        match self {
            Self::Refused(refused) => Some(refused),
            _ => None,
        }
    }
}

fn is_about_the_message(error: &EngineError) -> bool {
    let field = error.at.as_deref().and_then(|at| at.split('.').next());
    let of_message = matches!(field, Some("message" | "body" | "digests" | "signers"));
    // A request of the wrong shape is the fault of whoever asks.
    (of_message && error.code != "request_malformed")
        || ["message_", "path_"].iter().any(|family| error.code.starts_with(family))
}

fn refused(code: &str, detail: impl Into<String>) -> MessageError {
    let (code, detail) = (code.to_owned(), detail.into());
    MessageError::Refused(EngineError { code, detail, at: Some("message".to_owned()) })
}

/// The body of a message, as the engine takes it.
#[derive(Clone, Debug)]
pub(crate) enum MessageBody {
    /// base64url.
    Whole(String),
    /// By their names.
    Digests(Value),
}

impl MessageBody {
    /// Of a message that has none.
    pub(crate) fn empty() -> Self {
        Self::Whole(String::new())
    }
}

/// A message that was read, and who may have signed it.
#[derive(Debug)]
pub(crate) struct ReadMessage {
    /// What it says of itself.
    pub(crate) claims: Claims,
    message: Value,
    signers: Vec<Value>,
}

impl Service {
    /// Reads a message in the engine's words, and looks up whose certificates it names.
    ///
    /// # Errors
    /// If it is none, the engine or the store fails.
    pub(crate) async fn read_message(
        &self,
        mut message: Map<String, Value>,
    ) -> Result<ReadMessage, MessageError> {
        self.restrict(&mut message);
        let message = Value::Object(message);
        let request = json!({ "message": message });
        let claims: Claims = self.guest.call("read_message", request, &self.keys.granting(&[])).await?;
        let mut signers = Vec::new();
        for certificate in self.signers(&claims).await? {
            signers.push(json!({ "id": claims.key_id, "certificate": certificate.pem }));
        }
        Ok(ReadMessage { claims, message, signers })
    }

    /// What the settings forbid, no message and no caller allows.
    fn restrict(&self, message: &mut Map<String, Value>) {
        let settings = &self.messages;
        match message.get("form").and_then(Value::as_str) {
            Some("detached_cms") => {
                let wanted = message.get("allow_sha1").and_then(Value::as_bool).unwrap_or(true);
                message.insert("allow_sha1".to_owned(), json!(settings.allow_sha1 && wanted));
            }
            Some("http") => {
                let Some(allowed) = &settings.algorithms else { return };
                let wanted = message.get("algorithms").and_then(Value::as_array);
                let is_wanted = |name: &&String| wanted.is_none_or(|wanted| wanted.contains(&json!(name)));
                let both: Vec<_> = allowed.iter().filter(is_wanted).cloned().collect();
                message.insert("algorithms".to_owned(), json!(both));
            }
            _ => {}
        }
    }

    /// The certificates that a message may mean: by their hash, by a name of their key, or by their serial number.
    async fn signers(&self, claims: &Claims) -> Result<Vec<Certificate>, StoreError> {
        let store = self.store.as_ref();
        let named = claims.signer.as_ref();
        if let Some(serial) = named.and_then(|signer| signer.serial.as_ref()) {
            return Ok(store.by_serial(serial).await?.into_iter().collect());
        }
        let identifier = named.and_then(|signer| signer.subject_key_identifier.as_ref());
        let Some(key_id) = identifier.or(claims.key_id.as_ref()) else { return Ok(Vec::new()) };
        let lower = key_id.to_ascii_lowercase();
        let hash = match Base64UrlUnpadded::decode_vec(key_id) {
            Ok(octets) if octets.len() == 32 => hex::encode(&octets),
            _ => lower.clone(),
        };
        if let Some(found) = store.by_sha256(&hash).await? {
            return Ok(vec![found]);
        }
        let of_key = store.by_key_id(key_id, MAX_SIGNERS).await?;
        if !of_key.is_empty() {
            return Ok(of_key);
        }
        Ok(store.by_serial(&lower).await?.into_iter().collect())
    }

    /// Verifies a message with this body. It is not remembered yet.
    ///
    /// # Errors
    /// If it is not good, the engine or the store fails.
    pub(crate) async fn verify_message(
        &self,
        read: &ReadMessage,
        body: &MessageBody,
    ) -> Result<Verified, MessageError> {
        let mut request = json!({
            "now": ambient::now(),
            "message": read.message,
            "signers": read.signers,
            "trust": self.message_trust().await?,
            "freshness": self.messages.freshness(),
        });
        match body {
            MessageBody::Whole(body) => request["body"] = json!(body),
            MessageBody::Digests(digests) => request["digests"] = digests.clone(),
        }
        Ok(self.guest.call("verify_message", request, &self.keys.granting(&[])).await?)
    }

    /// The roots, and what leads to them from devices' certificates and is not revoked.
    async fn message_trust(&self) -> Result<Value, ServiceError> {
        let hierarchy = self.hierarchy();
        let (mut anchors, mut intermediates) = (Vec::new(), Vec::new());
        for generation in hierarchy.issuing.in_use().chain(&hierarchy.issuing.next) {
            let mut path = generation.path(true);
            let anchor = path.pop().map(|pem| json!({ "certificate": pem }));
            anchors.extend(anchor.filter(|anchor| !anchors.contains(anchor)));
            for certificate in path {
                let is_new = !intermediates.contains(&certificate);
                if is_new && self.store.refused_for(&sha256(&certificate)?).await?.is_none() {
                    intermediates.push(certificate);
                }
            }
        }
        Ok(json!({ "anchors": anchors, "intermediates": intermediates, "purpose": "device_client" }))
    }

    /// Lets a message that is good count, this once.
    ///
    /// # Errors
    /// If it counted before, its signer's certificate is not in the inventory or was revoked, or there is no room.
    pub(crate) async fn count_message(
        &self,
        read: ReadMessage,
        verified: Verified,
    ) -> Result<Counted, MessageError> {
        self.check_issuers(&verified).await?;
        let device = verified.signer.device.as_ref();
        let unknown = || refused("message_signer_unknown", "the signer's certificate is none of this server");
        let put = NewMessage {
            replay_key: verified.replay.key.clone(),
            certificate_sha256: device.ok_or_else(unknown)?.sha256.clone(),
            until: verified.replay.until,
            room: self.messages.max_remembered,
            room_for_key: self.messages.max_remembered_per_key,
        };
        match self.store.put_message(put).await? {
            MessagePut::Counted(certificate) => {
                Ok(Counted { verified, key_id: read.claims.key_id, certificate: *certificate })
            }
            MessagePut::Replayed => {
                Err(refused("message_replayed", "the message counted before; the device has to sign anew"))
            }
            MessagePut::SignerUnknown => Err(unknown()),
            MessagePut::SignerRevoked(reason) => {
                Err(refused("path_revoked", format!("the signer's certificate is revoked: {reason}")))
            }
            MessagePut::KeyLapsed => Err(refused(
                "message_undated",
                "the message does not say when it was signed, and for a while its key had no certificate: which messages \
                 counted before is forgotten; the device has to make a new key, or to say when it signs",
            )),
            MessagePut::NoRoomForKey => Err(MessageError::NoRoom(
                "so many messages of this device are remembered that there is no room for one more",
            )),
            MessagePut::NoRoom => Err(MessageError::NoRoom(
                "so many messages are remembered that there is no room for one more",
            )),
        }
    }

    /// A message may bring issuers along that were revoked here. By their serial numbers: the signature in a certificate can
    /// be written in another way, with which it has another hash.
    async fn check_issuers(&self, verified: &Verified) -> Result<(), MessageError> {
        let path = verified.path.iter().flat_map(|found| &found.path);
        for serial in path.skip(1).filter_map(|certificate| certificate.serial.as_ref()) {
            let Some(issuer) = self.store.by_serial(serial).await? else { continue };
            if let Some(reason) = self.store.refused_for(&issuer.record.sha256).await? {
                let detail = format!("the certificate of the signer's issuer is revoked: {reason}");
                return Err(refused("path_revoked", detail));
            }
        }
        Ok(())
    }

    /// Forgets messages that cannot count any more. What is wrong comes back if little room is left all the same.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn forget_messages(&self) -> Result<Option<String>, StoreError> {
        let before = ambient::now().saturating_sub(MARGIN_SECONDS);
        while self.store.forget_messages(before, FORGOTTEN_AT_ONCE).await? == u64::from(FORGOTTEN_AT_ONCE) {}
        Ok(few_left(self.store.remembered_messages().await?, self.messages.max_remembered))
    }
}

/// From four fifths on.
fn few_left(remembered: u64, room: u64) -> Option<String> {
    (remembered >= room.saturating_sub(room / 5)).then(|| {
        format!(
            "{remembered} messages of devices are remembered, and with {room} no further one counts: raise \
             messages.max_remembered, or lower messages.max_age_seconds, in sealwright.toml"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_told_before_the_room_is_used_up() {
        assert_eq!((few_left(0, 1_000), few_left(799, 1_000)), (None, None));
        let told = few_left(800, 1_000).unwrap();
        assert!(told.contains("800 messages") && told.contains("messages.max_remembered"), "{told}");
        assert!(few_left(1, 1).is_some() && few_left(0, 1).is_none());
    }
}
