//! The engine's verdicts against the suites of others: x509-limbo and NIST's PKITS.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use conformance::suite::minted::{self, Key, Template};
use conformance::suite::{self, Case, Question, exceptions, hostile, limbo, pkits, reasons};

/// The signatures that a search may check, and what else costs about as much: see `core/src/path/budget.rs`.
const SIGNATURES: u32 = 256;
/// How much more than its budgets a search may seem to cost on a machine that does something else as well.
const MARGIN: u32 = 6;
/// How often a search is timed before it is too slow.
const ATTEMPTS: usize = 3;
/// An honest verification takes milliseconds: the shortest of so many is what it takes.
const HONEST: usize = 20;

#[test]
fn limbo_agrees() -> Result<()> {
    limbo::load()?.map_or(Ok(()), |cases| check("limbo ", &cases, 208))
}

#[test]
fn pkits_agrees() -> Result<()> {
    pkits::load()?.map_or(Ok(()), |cases| check("pkits ", &cases, 249))
}

fn check(prefix: &str, cases: &[Case], count: usize) -> Result<()> {
    ensure!(cases.len() == count, "found {} cases, wanted {count}", cases.len());
    let outcomes = suite::judge(cases, suite::ours);
    let mut complaints = exceptions::complaints(prefix, &outcomes, &exceptions::load()?);
    complaints.extend(reasons::complaints(prefix, &outcomes, &reasons::load()?));
    let agreed = outcomes.iter().filter(|outcome| outcome.agrees()).count();
    println!("{prefix}{agreed} of {count} agree");
    ensure!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

/// The rules of the web refuse them all the same, and what is asked without a purpose has none.
#[test]
fn what_is_asked_aside_is_refused_as_its_kind_would_be() -> Result<()> {
    let Some(cases) = limbo::load_as_named()? else { return Ok(()) };
    let verdict = |id: &str| {
        let case = cases.iter().find(|case| case.id.strip_prefix("limbo ") == Some(id));
        let (code, _) =
            suite::ours(&case.with_context(|| id.to_owned())?.question).err().context("accepted")?;
        anyhow::Ok(code)
    };
    for (id, asked) in limbo::aside() {
        let wanted = if asked == "any" { "path_purpose_refused" } else { "path_certificate_invalid" };
        let code = verdict(id)?;
        ensure!(code == wanted, "{id}: found {code}, wanted {wanted}");
    }
    Ok(())
}

/// The intermediates of two cases of limbo, and the anchor of a third one, are not in the file: here they are.
#[test]
fn what_some_cases_only_describe_is_refused_for_that() -> Result<()> {
    let [root, device] = [Key::of("p256-root")?, Key::of("p256-device")?];
    let asked = |serial: i32, authority: Vec<Vec<u8>>| {
        let [top, between] = [minted::authority(), authority]
            .map(|own| [own, minted::key_identifiers("key", "key")].concat())
            .map(|extensions| Template { subject: "Top", issuer: "Top", serial: 1, extensions });
        let between = Template { subject: "Between", ..between };
        let extensions =
            [minted::key_identifiers("leaf", "key"), vec![minted::servers(&["a.test".into()])]].concat();
        let leaf = Template { subject: "leaf", issuer: "Between", serial, extensions };
        let question = Question {
            now: minted::NOW,
            certificate: leaf.sign(&device, &root)?,
            intermediates: vec![between.sign(&root, &root)?],
            anchors: vec![top.sign(&root, &root)?],
            purpose: "tls_server",
            policy: serde_json::json!({ "revocation": "off" }),
            ..Question::default()
        };
        anyhow::Ok(suite::ours(&question).err().map(|(code, detail)| reasons::reason(&code, &detail)))
    };
    let [constraints, usage] = minted::authority().try_into().ok().context("two extensions")?;
    let for_lists = minted::extension(b"\x55\x1d\x0f", true, b"\x03\x02\x01\x02");
    for (serial, authority, wanted) in [
        (1, minted::authority(), None),
        (-1, minted::authority(), Some("path_certificate_invalid: RFC 5280 4.1.2.2")),
        (1, vec![usage], Some("path_certificate_invalid: RFC 5280 4.2.1.9")),
        (1, Vec::new(), Some("path_issuer_unfit: RFC 5280 6.1.4 k")),
        (1, vec![constraints, for_lists], Some("path_issuer_unfit: RFC 5280 6.1.4 n")),
    ] {
        let found = asked(serial, authority)?;
        ensure!(found.as_deref() == wanted, "found {found:?}, wanted {wanted:?}");
    }
    Ok(())
}

/// The budgets of a search end it: what hostile chains cost is bounded, and the error says so.
#[test]
fn pathological_chains_end_within_their_budgets() -> Result<()> {
    let Some(cases) = limbo::load()? else { return Ok(()) };
    let hostile: Vec<_> = cases.into_iter().filter(|case| case.id.contains("pathological::")).collect();
    ensure!(hostile.len() >= 10, "found {} pathological cases", hostile.len());
    let mut exhausted = 0;
    for case in &hostile {
        // Its issuer is nowhere, so that all is read and nothing is searched.
        let idle = Question { certificate: hostile::stranger()?, ..case.question.clone() };
        let code = within_its_budgets(&case.id, &case.question, &idle)?;
        exhausted += usize::from(code.as_deref() == Some("path_budget_exhausted"));
    }
    ensure!(exhausted > 0, "no budget was met: are these the cases?");
    Ok(())
}

#[test]
fn hostile_requests_end_within_their_budgets() -> Result<()> {
    for request in hostile::all()? {
        let code = within_its_budgets(request.name, &request.question, &request.idle)?;
        ensure!(code.as_deref() == Some("path_budget_exhausted"), "{}: found {code:?}", request.name);
    }
    Ok(())
}

/// What a question takes beside the same octets without a search, and as many honest verifications as there may be
/// signatures; with which code it ends.
fn within_its_budgets(name: &str, question: &Question, idle: &Question) -> Result<Option<String>> {
    let honest = hostile::honest()?;
    let mut seen = String::new();
    for _ in 0..ATTEMPTS {
        let (verdict, took) = timed(question);
        let ((accepted, _), (lost, read)) = (timed(&honest), timed(idle));
        let verified = (0..HONEST).map(|_| timed(&honest).1).min().unwrap_or_default();
        ensure!(accepted.is_ok(), "{accepted:?}");
        ensure!(lost.clone().is_err_and(|(code, _)| code == "path_not_found"), "{name}: {lost:?}");
        let bound = MARGIN * (read + SIGNATURES * verified);
        seen = format!(
            "{name}: {took:?}, wanted {bound:?} at most: {read:?} to read, {verified:?} for one verification"
        );
        if took <= bound {
            println!("{seen}");
            return Ok(verdict.err().map(|(code, _)| code));
        }
    }
    anyhow::bail!("{seen}")
}

fn timed(question: &Question) -> (suite::Verdict, Duration) {
    let start = Instant::now();
    let verdict = suite::ours(question);
    (verdict, start.elapsed())
}
