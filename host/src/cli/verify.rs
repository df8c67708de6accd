//! `sealwright verify`.

mod policy;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::{Args, ValueEnum};
use pkcs8::der::pem::{LineEnding, encode_string};
use serde_json::{Value, json};

use super::output::{self, Output, Refusal};
use crate::ambient;
use crate::guest::{self, CallError, EngineError, Guest};
use crate::keystore::KeyStore;
use crate::service::sha256;
use crate::store::{Role, Store};
use policy::{PolicyArgs, Revocation};

/// Say whether a certificate leads to a trust anchor, and for what
///
/// Builds the path and validates it (RFC 5280 section 6), with the names, the purpose and the revocation that are asked
/// about. Exits with 0 if it holds; if not, with 1 and the rule that it breaks, and where; with 2 if it could not be asked.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright verify laptop-7/certificate.pem --anchor laptop-7/ca.pem --intermediate laptop-7/chain.pem
  sealwright verify laptop-7/certificate.pem --data ./ca --purpose device-client --revocation required
  sealwright verify server.pem --anchor roots.pem --purpose tls-server --name dns:mdm.example

Files are PEM or DER; one of PEM may hold several. Of FILE the first certificate is the one in question, the others
may be on the path.

With --json: {\"path\": [{\"from\", \"place\", \"subject\", \"serial\", \"sha256\", \"not_after\", \"revocation\": {\"status\",
\"source\", \"place\", \"this_update\", \"next_update\", \"reason\"}}], \"not_after\", \"purpose\", \"identity\", \"policies\",
\"weakest\": {\"from\", \"place\", \"key\", \"digest\"}}, from the certificate to the anchor, times in seconds since 1970;
or {\"error\": {\"code\", \"detail\", \"at\"}}. \"place\" is the file, \"from\", \"source\" and \"at\" count those of a kind from 0.")]
pub(super) struct VerifyArgs {
    /// The certificate, or - for standard input
    file: PathBuf,
    /// Certificates that are trusted
    #[arg(long, value_name = "FILE", required_unless_present = "data")]
    anchor: Vec<PathBuf>,
    /// Certificates that the path may go through
    #[arg(long, value_name = "FILE")]
    intermediate: Vec<PathBuf>,
    /// Revocation lists
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// OCSP responses (DER)
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    /// Trust the roots of this data folder, and use its intermediates, revocation lists and inventory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What the certificate is to be used for
    #[arg(long, value_enum, default_value_t = Purpose::Any)]
    purpose: Purpose,
    /// A name that it must have: dns:, ip:, email:, uri:, upn: or directory: and the value; one of them, if there are several
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// The time of the verification in seconds since 1970, if it is not now
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// As the engine names them, with hyphens.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Purpose {
    /// Whatever it may be
    Any,
    /// A device that authenticates itself
    DeviceClient,
    /// A TLS server
    TlsServer,
    /// Who signs SCEP messages
    ScepSigner,
    /// Who signs OCSP responses
    OcspSigner,
    /// An authority that issues certificates
    Authority,
}

/// The PEM texts of a request, each with the words that tell a person where it comes from.
#[derive(Default)]
struct Material {
    certificate: Vec<(String, String)>,
    intermediates: Vec<(String, String)>,
    anchors: Vec<(String, String)>,
    crls: Vec<(String, String)>,
    ocsp_responses: Vec<(String, String)>,
}

/// What a data folder's lists may have together, PEM: a request to the engine may have 16 MiB.
const MAX_LIST_BYTES: usize = 14 << 20;

/// Runs the command.
pub(super) async fn run(args: VerifyArgs, output: Output) -> ExitCode {
    let answer = match look(&args, output).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if is_decided(&error) => {
            output.error(&error);
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error),
    };
    super::answered(answer, output)
}

/// Whether it says that the certificate does not hold, and not that it could not be asked about.
fn is_decided(error: &anyhow::Error) -> bool {
    let undecided = ["path_budget_exhausted", "path_anchor_invalid"];
    let by_engine = guest::refusal(error).is_some_and(|refused| {
        refused.code.starts_with("path_") && !undecided.contains(&refused.code.as_str())
    });
    by_engine || error.chain().any(|cause| cause.is::<Refusal>())
}

async fn look(args: &VerifyArgs, output: Output) -> anyhow::Result<()> {
    let store = match &args.data {
        Some(data) => Some(super::open_store(data).await?),
        None => None,
    };
    let material = Material::read(args, store.as_ref()).await?;
    let guest = super::guest_without_data().await?;
    let does_not_hold = |at: &str, error: anyhow::Error| match material.place(at) {
        Some(place) => error.context(format!("{} does not hold: {place}", args.file.display())),
        None => error,
    };
    let mut decision = verify(&guest, &material.request(args)?).await.map_err(|error| {
        let at = refused_at(&error).unwrap_or_default().to_owned();
        does_not_hold(&at, material.named(error).into())
    })?;
    if let (Some(store), false) = (&store, args.policy.revocation == Revocation::Off)
        && let Some(revoked) = revoked_in_inventory(store, &decision).await?
    {
        let at = revoked.at.clone();
        return Err(does_not_hold(&at, revoked.into()));
    }
    material.add_places(&mut decision);
    output.result(&decision, || told(&decision));
    Ok(())
}

async fn verify(guest: &Guest, request: &Value) -> Result<Value, CallError> {
    let grant = Arc::new(KeyStore::in_memory()).granting(&[]);
    guest.call("verify_path", request, &grant).await
}

fn refused_at(error: &CallError) -> Option<&str> {
    match error {
        CallError::Refused(EngineError { at, .. }) => at.as_deref(),
        CallError::Failed(_) => None,
    }
}

/// The certificate of the path that the inventory knows to be revoked, which a list says only once it is made anew.
async fn revoked_in_inventory(store: &impl Store, decision: &Value) -> anyhow::Result<Option<Refusal>> {
    for step in decision["path"].as_array().into_iter().flatten() {
        let text = |field: &str| step[field].as_str().unwrap_or_default();
        let Some(known) = store.by_sha256(text("sha256")).await? else { continue };
        let Some(revoked_at) = known.revoked_at else { continue };
        return Ok(Some(Refusal {
            code: "inventory_revoked",
            detail: format!(
                "{}: was revoked at {}, says the inventory; no list says so yet",
                text("subject"),
                ambient::date(revoked_at)
            ),
            at: text("from").to_owned(),
        }));
    }
    Ok(None)
}

impl Material {
    async fn read(args: &VerifyArgs, store: Option<&impl Store>) -> anyhow::Result<Self> {
        const CERTIFICATE: &str = "CERTIFICATE";
        let mut own = blocks(&args.file, CERTIFICATE)?;
        let mut material = Self { intermediates: own.split_off(1), certificate: own, ..Self::default() };
        for file in &args.intermediate {
            material.intermediates.extend(blocks(file, CERTIFICATE)?);
        }
        for file in &args.anchor {
            material.anchors.extend(blocks(file, CERTIFICATE)?);
        }
        for file in &args.crl {
            material.crls.extend(blocks(file, "X509 CRL")?);
        }
        for file in &args.ocsp {
            let response = Base64UrlUnpadded::encode_string(&super::read_input(file)?);
            material.ocsp_responses.push((file.display().to_string(), response));
        }
        if let (Some(data), Some(store)) = (&args.data, store) {
            material.add_folder(data, store).await?;
        }
        Ok(material)
    }

    /// What a data folder trusts, and what it knows.
    async fn add_folder(&mut self, data: &Path, store: &impl Store) -> anyhow::Result<()> {
        let mut keys = Vec::new();
        for (role, list) in [(Role::Root, &mut self.anchors), (Role::Issuing, &mut self.intermediates)] {
            for authority in store.authorities(role).await? {
                for generation in generations(&authority.value) {
                    let words = format!("{} of {}", authority.id, data.display());
                    list.extend(generation["certificate"].as_str().map(|pem| (words, pem.to_owned())));
                    let key = generation["key"].as_str().unwrap_or_default().to_owned();
                    let number = generation["number"].as_u64().or(generation["generation"].as_u64());
                    keys.push((authority.id.clone(), number.unwrap_or(1), key));
                }
            }
        }
        // The list of the key that signed the certificate in question goes first.
        if let Some((_, pem)) = self.certificate.first()
            && let Ok(sha256) = sha256(pem)
            && let Some(known) = store.by_sha256(&sha256).await?
        {
            let is_others = |(authority, number, _): &(String, u64, String)| {
                known.authority.as_ref() != Some(authority) || *number != u64::from(known.generation)
            };
            keys.sort_by_key(is_others);
        }
        self.add_lists(store, keys.into_iter().map(|(_, _, key)| key)).await
    }

    /// The lists of these keys, each once, as far as the engine takes them in one request. Any list tells of whatever any
    /// key of its authority signed, and beside them stands the inventory.
    async fn add_lists(
        &mut self,
        store: &impl Store,
        keys: impl Iterator<Item = String>,
    ) -> anyhow::Result<()> {
        let (mut seen, mut room) = (BTreeSet::new(), MAX_LIST_BYTES);
        for key in keys {
            if !seen.insert(key.clone()) {
                continue;
            }
            let Some(crl) = store.crl(&key).await? else { continue };
            let Some(left) = room.checked_sub(crl.pem.len()) else { continue };
            room = left;
            self.crls.push((format!("list {} of {key}", crl.number), crl.pem));
        }
        Ok(())
    }

    fn request(&self, args: &VerifyArgs) -> anyhow::Result<Value> {
        let texts = |list: &[(String, String)]| list.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
        let anchors = self.anchors.iter().map(|(_, pem)| json!({ "certificate": pem })).collect::<Vec<_>>();
        Ok(json!({
            "now": args.at.unwrap_or_else(ambient::now),
            "certificate": self.certificate.first().map(|(_, pem)| pem),
            "intermediates": texts(&self.intermediates),
            "anchors": anchors,
            "crls": texts(&self.crls),
            "ocsp_responses": texts(&self.ocsp_responses),
            "purpose": name(args.purpose),
            "identities": args.name,
            "policy": args.policy.request()?,
        }))
    }

    /// Where the certificate, list or response that the engine names came from.
    fn place(&self, at: &str) -> Option<&str> {
        let mut parts = at.split('.');
        let list = match parts.next()? {
            "certificate" => &self.certificate,
            "intermediates" => &self.intermediates,
            "anchors" => &self.anchors,
            "crls" => &self.crls,
            "ocsp_responses" => &self.ocsp_responses,
            _ => return None,
        };
        let position = parts.next().and_then(|number| number.parse().ok()).unwrap_or(0_usize);
        list.get(position).map(|(words, _)| words.as_str())
    }

    /// Words of the engine with what people call the certificates, lists and responses that they name: the engine knows
    /// them by their places in a request that nobody sees.
    fn with_places(&self, words: &str) -> String {
        let named = |word: &str| {
            let name = word.trim_end_matches([':', ';', ',']);
            let end = &word[name.len()..];
            // "certificate" is a word as well.
            let place = if name.contains('.') { self.place(name) } else { None };
            place.map_or_else(|| word.to_owned(), |place| format!("{place}{end}"))
        };
        words.split(' ').map(named).collect::<Vec<_>>().join(" ")
    }

    /// The engine's error in these words.
    fn named(&self, error: CallError) -> CallError {
        match error {
            CallError::Refused(refused) => {
                CallError::Refused(EngineError { detail: self.with_places(&refused.detail), ..refused })
            }
            failed @ CallError::Failed(_) => failed,
        }
    }

    /// Says of each certificate, list and response of a decision where it came from.
    fn add_places(&self, decision: &mut Value) {
        let add = |object: &mut Value, field: &str| {
            if let Some(place) = object[field].as_str().and_then(|name| self.place(name)) {
                object["place"] = json!(place);
            }
        };
        add(&mut decision["weakest"], "from");
        for step in decision["path"].as_array_mut().into_iter().flatten() {
            add(step, "from");
            let Some(status) = step.get_mut("revocation") else { continue };
            add(status, "source");
            if let Some(reason) = status["reason"].as_str() {
                status["reason"] = json!(self.with_places(reason));
            }
        }
    }
}

/// The decision for people: the path, one certificate a line.
fn told(decision: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = decision["path"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|step| {
        let status = &step["revocation"];
        let status = match (status["status"].as_str(), status["place"].as_str(), status["reason"].as_str()) {
            (None, ..) => "trusted".to_owned(),
            (Some(status), Some(source), _) => format!("{status} by {source}"),
            (Some(status), None, Some(reason)) => format!("{status}: {reason}"),
            (Some(status), None, None) => status.replace('_', " "),
        };
        vec![format!("  {}", text(&step["subject"])), text(&step["place"]), status]
    });
    let rows = output::table(&rows.collect::<Vec<_>>());
    let until = decision["not_after"].as_u64().map(output::date).unwrap_or_default();
    let purpose = text(&decision["purpose"]).replace('_', "-");
    let identity = decision["identity"].as_str().map(|name| format!(", as {name}")).unwrap_or_default();
    format!("valid for {purpose}{identity}, until {until}:\n{rows}")
}

/// The generations of an authority's value: the current one at its top, then the others.
fn generations(value: &Value) -> impl Iterator<Item = &Value> {
    let former = value["former"].as_array().into_iter().flatten();
    std::iter::once(value).chain(former).chain(value.get("next").filter(|next| !next.is_null()))
}

/// The name of a choice as the engine has it.
fn name(choice: impl ValueEnum) -> String {
    choice.to_possible_value().map(|value| value.get_name().replace('-', "_")).unwrap_or_default()
}

/// The PEM blocks of a file with that label, one at least, each with where it is; what is not PEM is taken for DER.
fn blocks(file: &Path, label: &str) -> anyhow::Result<Vec<(String, String)>> {
    let bytes = super::read_input(file)?;
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    let shown = file.display();
    let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| text.contains("-----BEGIN ")) else {
        let pem = encode_string(label, LineEnding::LF, &bytes);
        let pem = pem.map_err(|error| anyhow::anyhow!("cannot read {shown}: {error}"))?;
        return Ok(vec![(shown.to_string(), pem)]);
    };
    let bodies: Option<Vec<_>> =
        text.split(&begin).skip(1).map(|rest| rest.split_once(&end).map(|(body, _)| body)).collect();
    // Whoever passed over it would take the next one for the certificate in question.
    let bodies = bodies.with_context(|| format!("{shown} holds a PEM block {label} without end"))?;
    if bodies.is_empty() {
        bail!("{shown} holds no PEM block {label}");
    }
    let several = bodies.len() > 1;
    let words = |number: usize| if several { format!("{shown}, number {number}") } else { shown.to_string() };
    let block = |(index, body): (usize, &&str)| (words(index + 1), format!("{begin}{body}{end}\n"));
    Ok(bodies.iter().enumerate().map(block).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Crl, SqliteStore};

    #[test]
    fn blocks_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("chain.pem");
        let block = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        std::fs::write(&file, format!("text\n{}between\r\n{}", block("AAAA"), block("BBBB"))).unwrap();
        let found = blocks(&file, "CERTIFICATE").unwrap();
        assert_eq!(
            found.iter().map(|(_, pem)| pem.as_str()).collect::<Vec<_>>(),
            [block("AAAA"), block("BBBB")]
        );
        assert!(found[1].0.ends_with("chain.pem, number 2"), "{}", found[1].0);
        assert!(blocks(&file, "X509 CRL").unwrap_err().to_string().contains("no PEM block X509 CRL"));
        let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n".to_owned();
        for text in [cut.clone() + &block("BBBB"), block("AAAA") + &cut, cut.clone(), cut.repeat(1 << 18)] {
            std::fs::write(&file, text).unwrap();
            let refused = blocks(&file, "CERTIFICATE").unwrap_err().to_string();
            assert!(refused.ends_with("chain.pem holds a PEM block CERTIFICATE without end"), "{refused}");
        }
        std::fs::write(&file, [0x30, 0]).unwrap();
        assert!(blocks(&file, "CERTIFICATE").unwrap()[0].1.contains("MAA="));
    }

    #[tokio::test]
    async fn lists_are_taken_once_and_as_far_as_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.sqlite"), true).await.unwrap();
        for (key, length) in
            [("a", MAX_LIST_BYTES / 2), ("b", MAX_LIST_BYTES / 2 + 1), ("c", MAX_LIST_BYTES / 2)]
        {
            let pem = "x".repeat(length);
            let crl =
                Crl { key: key.to_owned(), number: 1, this_update: 1, next_update: 2, last_event: 0, pem };
            assert!(store.put_crl(crl).await.unwrap());
        }
        let mut material = Material::default();
        let keys = ["a", "a", "none", "b", "c"].map(str::to_owned);
        material.add_lists(&store, keys.into_iter()).await.unwrap();
        let taken: Vec<_> = material.crls.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(taken, ["list 1 of a", "list 1 of c"]);
        store.close().await;
    }

    #[test]
    fn choices_have_the_engines_names() {
        assert_eq!(name(Purpose::DeviceClient), "device_client");
        assert_eq!(name(Revocation::Required), "required");
    }
}
