//! The engine's verdicts against the suites of others: x509-limbo and NIST's PKITS.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use conformance::peer;
use conformance::suite::{self, Case, exceptions, limbo, pkits};

/// Nothing takes longer in an optimised build by far; a budget that does not hold is much slower.
const LONGEST: Duration = Duration::from_secs(20);

#[test]
fn limbo_agrees() -> Result<()> {
    let Some(path) = suite::find("limbo.json", "github.com/C2SP/x509-limbo") else { return Ok(()) };
    let Some(suffixes) = suite::public_suffixes()? else { return Ok(()) };
    check("limbo ", &limbo::load(&path, &suffixes)?, 208)
}

#[test]
fn pkits_agrees() -> Result<()> {
    let Some(table) = suite::find("pkits.json", "the table of NIST PKITS") else { return Ok(()) };
    let Some(data) = peer::find_python_file("cryptography_vectors/x509/PKITS_data") else { return Ok(()) };
    check("pkits ", &pkits::load(&table, &data)?, 249)
}

fn check(prefix: &str, cases: &[Case], count: usize) -> Result<()> {
    ensure!(cases.len() == count, "found {} cases, wanted {count}", cases.len());
    let outcomes = suite::judge(cases, |question| {
        let start = Instant::now();
        let verdict = suite::ours(question);
        assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
        verdict
    });
    let complaints = exceptions::complaints(prefix, &outcomes, &exceptions::load()?);
    let agreed = outcomes.iter().filter(|outcome| outcome.agrees()).count();
    println!("{prefix}{agreed} of {count} agree");
    ensure!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

/// The budgets of a search end it: what hostile chains cost is bounded, and the error says so.
#[test]
fn pathological_chains_end_within_their_budgets() -> Result<()> {
    let Some(path) = suite::find("limbo.json", "github.com/C2SP/x509-limbo") else { return Ok(()) };
    let cases = limbo::load(&path, &[])?;
    let hostile: Vec<_> = cases.into_iter().filter(|case| case.id.contains("pathological::")).collect();
    ensure!(hostile.len() >= 10, "found {} pathological cases", hostile.len());
    let mut exhausted = 0;
    for case in &hostile {
        let start = Instant::now();
        let verdict = suite::ours(&case.question);
        ensure!(start.elapsed() < LONGEST, "{}: {:?}", case.id, start.elapsed());
        exhausted += usize::from(verdict.is_err_and(|(code, _)| code == "path_budget_exhausted"));
    }
    ensure!(exhausted > 0, "no budget was met: are these the cases?");
    Ok(())
}
