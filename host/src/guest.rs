//! The engine in its sandbox: one WebAssembly instance for each request, no private key inside.

mod instance;
mod module;
pub(crate) mod wire;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::ambient::Stopwatch;
use crate::keystore::Grant;
use module::Module;
pub(crate) use wire::EngineError;

/// After how many turns of its own tasks a thread of the runtime looks for what sockets, timers and other threads have for
/// it: an instance takes ten milliseconds a turn.
const LOOK_INTERVAL: u32 = 4;

/// The runtime that instances run in.
pub(crate) fn runtime() -> tokio::runtime::Builder {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.event_interval(LOOK_INTERVAL).global_queue_interval(LOOK_INTERVAL).enable_all();
    builder
}

/// What a sandbox may use.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Requests that run at the same time; more wait.
    pub(crate) instances: u32,
    /// Linear memory of one instance in bytes.
    pub(crate) memory_bytes: usize,
    /// Time for one request, key operations and the turns of others included.
    pub(crate) deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            // Two for each core: one runs while the other waits for its turn.
            instances: u32::try_from(2 * cores).unwrap_or(128).clamp(4, 128),
            memory_bytes: 128 << 20,
            deadline: Duration::from_secs(10),
        }
    }
}

/// Why a call gave no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The engine judged the request and says no.
    #[error("{0}")]
    Refused(EngineError),
    /// The sandbox was stopped (trap, memory, deadline) or a key operation failed.
    #[error("{0}")]
    Failed(String),
}

/// What the engine says no with, if it is that an error comes from.
pub(crate) fn refusal(error: &anyhow::Error) -> Option<&EngineError> {
    error.chain().find_map(|cause| match cause.downcast_ref::<CallError>() {
        Some(CallError::Refused(refused)) => Some(refused),
        _ => None,
    })
}

/// A loaded engine. Cheap to clone; all clones share the compiled module and its limits.
#[derive(Clone)]
pub(crate) struct Guest {
    module: Arc<Module>,
    permits: Arc<Semaphore>,
}

impl Guest {
    /// Compiles the embedded module, or takes it from the cache below `cache` (an absolute path).
    ///
    /// # Errors
    /// If this machine cannot run the module or the address space for the pool is refused.
    pub(crate) fn load(cache: Option<PathBuf>, limits: Limits) -> anyhow::Result<Self> {
        let permits = Arc::new(Semaphore::new(usize::try_from(limits.instances)?));
        let module = Arc::new(Module::load(cache, limits)?);
        Ok(Self { module, permits })
    }

    /// Runs one operation in a fresh instance, on the task that calls; key questions are answered as far as `grant`
    /// goes. The place of the instance is held until this has come back or is dropped, so nobody may start one and wait
    /// for another before going on with it.
    ///
    /// # Errors
    /// [`CallError::Refused`] with the engine's own code, or [`CallError::Failed`].
    pub(crate) async fn call<Response: DeserializeOwned>(
        &self,
        operation: &'static str,
        request: impl Serialize,
        grant: &Grant,
    ) -> Result<Response, CallError> {
        let request = wire::request(operation, &request)?;
        let _permit = self.permits.acquire().await;
        let clock = Stopwatch::start();
        let outcome = instance::run(&self.module, &request, grant.clone()).await;
        tracing::debug!(operation, duration_us = clock.elapsed_us(), "engine");
        serde_json::from_str(outcome?.get())
            .map_err(|error| CallError::Failed(format!("{operation}: the answer has another shape: {error}")))
    }
}

/// A folder for the compiled module that all tests share, with the build's other files.
#[cfg(test)]
pub(crate) fn cache() -> PathBuf {
    let folder = std::path::Path::new(env!("OUT_DIR")).join("compiled");
    std::fs::create_dir_all(&folder).expect("the build's folder can be written");
    folder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keystore::{KeyStore, KeyType, PrivateKey};
    use base64ct::{Base64UrlUnpadded, Encoding};
    use serde_json::{Value, json};
    use wire::KeyUse;

    fn nothing() -> Grant {
        Arc::new(KeyStore::in_memory()).granting(&[])
    }

    fn guest(memory_bytes: usize, deadline: Duration) -> Guest {
        let limits = Limits { instances: 2, memory_bytes, deadline };
        Guest::load(Some(cache()), limits).unwrap()
    }

    async fn generate(guest: &Guest, algorithm: &str) -> Result<Value, CallError> {
        let request = json!({ "seed": "A".repeat(43), "algorithm": algorithm });
        guest.call("generate_key", request, &nothing()).await
    }

    #[tokio::test]
    async fn same_request_same_bytes_in_fresh_instances() {
        let guest = guest(64 << 20, Duration::from_secs(60));
        let (one, two) = (generate(&guest, "p256").await.unwrap(), generate(&guest, "p256").await.unwrap());
        assert_eq!(one, two);
        assert!(one["private_key"].as_str().unwrap().starts_with("-----BEGIN PRIVATE KEY-----"));
    }

    #[tokio::test]
    async fn refusals_keep_their_code() {
        let guest = guest(64 << 20, Duration::from_secs(60));
        let refused = guest.call::<Value>("no_such_thing", json!({}), &nothing()).await;
        let Err(CallError::Refused(error)) = refused else { panic!("{refused:?}") };
        assert!(!error.code.is_empty());
    }

    #[tokio::test]
    async fn deadline_ends_one_request_and_no_other() {
        let guest = guest(64 << 20, Duration::from_millis(200));
        let ended = generate(&guest, "rsa-4096").await;
        let Err(CallError::Failed(reason)) = ended else { panic!("{ended:?}") };
        assert!(reason.contains("no result within 200 ms"), "{reason}");
        assert!(generate(&guest, "ed25519").await.is_ok());
    }

    #[tokio::test]
    async fn memory_ends_one_request_and_no_other() {
        let guest = guest(8 << 20, Duration::from_secs(60));
        let request = json!({ "input": "x".repeat(9 << 20) });
        let ended = guest.call::<Value>("inspect", request, &nothing()).await;
        assert!(matches!(ended, Err(CallError::Failed(_))), "{ended:?}");
        assert!(generate(&guest, "ed25519").await.is_ok());
    }

    /// On one thread, where whoever does not let others run makes them wait.
    #[tokio::test]
    async fn a_long_request_lets_others_run() {
        let guest = guest(64 << 20, Duration::from_secs(60));
        let long = generate(&guest, "rsa-4096");
        let short = generate(&guest, "ed25519");
        tokio::pin!(long);
        tokio::select! {
            biased;
            _ = &mut long => panic!("the short request waited for the long one"),
            made = short => assert!(made.is_ok()),
        }
        assert!(long.await.is_ok());
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_leaves_its_place() {
        let guest = guest(64 << 20, Duration::from_secs(60));
        for _ in 0..4 {
            let given_up = tokio::time::timeout(Duration::from_millis(30), generate(&guest, "rsa-4096"));
            assert!(given_up.await.is_err());
        }
        let next = tokio::time::timeout(Duration::from_secs(30), generate(&guest, "ed25519"));
        assert!(next.await.is_ok_and(|made| made.is_ok()));
    }

    /// What other threads send, timers and sockets are looked at as well while an instance runs on the only thread.
    #[test]
    fn a_long_request_does_not_hold_up_what_arrives() {
        let guest = guest(64 << 20, Duration::from_secs(60));
        let runtime = runtime().worker_threads(1).build().unwrap();
        let (begin, has_begun) = tokio::sync::oneshot::channel();
        let long = runtime.spawn(async move {
            begin.send(()).unwrap();
            generate(&guest, "rsa-4096").await.is_ok()
        });
        runtime.block_on(async {
            has_begun.await.unwrap();
            let timers = async {
                for _ in 0..4 {
                    let timer = tokio::time::sleep(Duration::from_millis(1));
                    tokio::spawn(timer).await.unwrap();
                }
            };
            tokio::select! {
                biased;
                _ = timers => {}
                _ = long => panic!("what another thread has sent and its timers waited for the long request"),
            }
        });
    }

    /// Encrypted for another key than the one that decrypts: nobody learns from the answer that the padding was wrong.
    #[tokio::test]
    async fn wrong_padding_looks_like_wrong_content() {
        const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/testdata/scep/");
        let read = |name: &str| std::fs::read(format!("{FOLDER}{name}")).unwrap();
        let guest = guest(64 << 20, Duration::from_secs(60));
        let keys = Arc::new(KeyStore::in_memory());
        keys.generate("stranger", KeyType::Rsa2048).unwrap();
        let pem = String::from_utf8(read("ra.key")).unwrap();
        keys.keep("ra", PrivateKey::from_pem(&pem).unwrap());
        let certificate = String::from_utf8(read("ra.pem")).unwrap();
        let open = async |key: &str, message: &str| -> Value {
            let request = json!({
                "now": 1_795_300_000, "seed": "A".repeat(43), "message": Base64UrlUnpadded::encode_string(&read(message)),
                "recipients": [{ "key": { "id": key }, "certificate": certificate }],
            });
            guest.call("scep_open_request", request, &keys.granting(&[(key, KeyUse::Decrypt)])).await.unwrap()
        };
        let refused = open("stranger", "aes128-sha256.der").await;
        assert_eq!(refused["rejection"], open("ra", "garbage-inside.der").await["rejection"]);
        assert!(
            refused["rejection"].is_object()
                && open("ra", "aes128-sha256.der").await["enrollment"].is_object()
        );
    }

    #[tokio::test]
    async fn keys_do_only_what_is_granted() {
        let guest = guest(64 << 20, Duration::from_secs(60));
        let keys = Arc::new(KeyStore::in_memory());
        let key = keys.generate("device", KeyType::P256).unwrap();
        keys.generate("other", KeyType::P256).unwrap();
        let request = json!({
            "key": { "id": "device", "public_key": key.public_pem() },
            "subject": "CN=device",
        });
        let ask = async |uses: &[(&str, KeyUse)]| {
            guest.call::<Value>("create_csr", &request, &keys.granting(uses)).await
        };
        assert!(ask(&[("device", KeyUse::Sign)]).await.is_ok());
        for uses in [&[][..], &[("device", KeyUse::Decrypt)], &[("other", KeyUse::Sign)]] {
            let Err(CallError::Failed(reason)) = ask(uses).await else { panic!("{uses:?}") };
            assert!(reason.contains("not granted"), "{reason}");
        }
    }
}
