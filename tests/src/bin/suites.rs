//! `cargo xtask suites`: how the engine and other verifiers judge the paths of x509-limbo and NIST's PKITS.
//!
//! A verifier is compared on those cases alone that it can be asked, with the engine's own verdicts on the same cases.
//!
//! With `--write-reasons`, nobody else is asked, and the file of [`reasons`] is written anew.

use std::process::ExitCode;

use anyhow::{Context, Result};
use conformance::suite::peers::PEERS;
use conformance::suite::{self, Case, limbo, pkits, reasons};
use serde_json::{Value, json};

/// How often two verifiers say what the suite wants, of the cases that both were asked.
struct Row {
    suite: &'static str,
    peer: &'static str,
    cases: usize,
    ours: usize,
    theirs: usize,
    /// Accepted though they must not be.
    too_lax: [usize; 2],
}

fn main() -> Result<ExitCode> {
    let option = std::env::args().nth(1);
    if option.as_deref() == Some("--write-reasons") {
        let [(_, limbo), (_, pkits)] = suites()?;
        reasons::write(&suite::judge(&[limbo, pkits].concat(), suite::ours))?;
        return Ok(ExitCode::SUCCESS);
    }
    let as_json = option.as_deref() == Some("--json");
    let mut rows = Vec::new();
    for (suite, cases) in suites()? {
        let ours: Vec<_> = cases.iter().map(|case| Some(suite::ours(&case.question).is_ok())).collect();
        rows.push(row(suite, "(all cases)", &cases, &ours, &ours));
        for peer in PEERS {
            eprintln!("{suite}: {}", peer.name);
            let beside = row(suite, peer.name, &cases, &ours, &peer.verdicts(&cases)?);
            rows.extend(Some(beside).filter(|row| row.cases > 0));
        }
    }
    match as_json {
        true => println!("{}", Value::from(rows.iter().map(Row::to_json).collect::<Vec<_>>())),
        false => print(&rows),
    }
    Ok(ExitCode::SUCCESS)
}

fn suites() -> Result<[(&'static str, Vec<Case>); 2]> {
    let missing = "the data of a suite is missing; the line above says how to get it";
    let (limbo, pkits) = (limbo::load()?.context(missing)?, pkits::load()?.context(missing)?);
    Ok([("x509-limbo", limbo), ("NIST PKITS", pkits)])
}

fn row(
    suite: &'static str,
    peer: &'static str,
    cases: &[Case],
    ours: &[Option<bool>],
    theirs: &[Option<bool>],
) -> Row {
    let mut row = Row { suite, peer, cases: 0, ours: 0, theirs: 0, too_lax: [0; 2] };
    for ((case, ours), theirs) in cases.iter().zip(ours).zip(theirs) {
        let (Some(ours), Some(theirs)) = (*ours, *theirs) else { continue };
        row.cases += 1;
        row.ours += usize::from(ours == case.wanted);
        row.theirs += usize::from(theirs == case.wanted);
        for (count, accepted) in row.too_lax.iter_mut().zip([ours, theirs]) {
            *count += usize::from(accepted && !case.wanted);
        }
    }
    row
}

impl Row {
    fn to_json(&self) -> Value {
        let &Self { suite, peer, cases, ours, theirs, too_lax: [lax, their_lax] } = self;
        json!({
            "suite": suite, "peer": peer, "cases": cases, "sealwright_agrees": ours, "peer_agrees": theirs,
            "sealwright_wrongly_accepts": lax, "peer_wrongly_accepts": their_lax,
        })
    }
}

fn print(rows: &[Row]) {
    let [suite, peer, cases, ours, theirs] = ["suite", "beside", "cases", "sealwright", "the other"];
    println!(
        "agreement with the suite on the cases that both can be asked; in brackets: accepted, and must not be"
    );
    println!("{suite:<12} {peer:<12} {cases:>6} {ours:>14} {theirs:>14}");
    for Row { suite, peer, cases, ours, theirs, too_lax: [lax, their_lax] } in rows {
        let (ours, theirs) = (format!("{ours} ({lax})"), format!("{theirs} ({their_lax})"));
        println!("{suite:<12} {peer:<12} {cases:>6} {ours:>14} {theirs:>14}");
    }
    println!("{}", limbo::ABOUT);
}
