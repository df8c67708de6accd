//! The command line.

mod api_tokens;
mod ca;
mod certificates;
mod challenges;
mod enroll;
mod init;
mod inspect;
mod lint;
mod output;
mod ra;
mod requests;
mod revoke;
mod serve;
mod sign;
mod strength;
mod token;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use zeroize::Zeroizing;

use crate::config::{self, DataFolder};
use crate::guest::{self, Guest, Limits};
use crate::keystore::Passphrase;
use crate::service::tokens::Tokens;
use crate::service::{Needed, Service};
use crate::store::SqliteStore;
use output::Output;

/// A certificate authority for devices: SCEP server, SCEP client, and tools around both.
#[derive(Parser)]
#[command(name = "sealwright", version, about, after_help = EXAMPLES)]
struct Cli {
    /// Print one JSON value instead of text, errors included
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  sealwright init --data ./ca --organization Acme     make a certificate authority
  sealwright serve --data ./ca                        answer SCEP at http://127.0.0.1:8080/scep
  sealwright enroll --url http://127.0.0.1:8080/scep --challenge-file challenge.txt \\
      --subject CN=laptop-7 --out ./laptop-7          get a certificate from it
  sealwright certificates list --data ./ca            see what was issued
  sealwright inspect laptop-7/certificate.pem         see what is in it
  sealwright lint --data ./ca                         look for trouble before a fleet meets it
  sealwright challenges add --data ./ca               make another challenge password
  sealwright revoke SERIAL --data ./ca                revoke a certificate
  sealwright ca plan --data ./ca                      see what a renewal of the authority will do
  sealwright token --help                             guard downloads with tokens
";

#[derive(Subcommand)]
enum Command {
    Init(init::InitArgs),
    Serve(serve::ServeArgs),
    Enroll(enroll::EnrollArgs),
    #[command(subcommand)]
    Certificates(certificates::CertificatesCommand),
    #[command(subcommand)]
    Challenges(challenges::ChallengesCommand),
    Revoke(revoke::RevokeArgs),
    #[command(subcommand)]
    Requests(requests::RequestsCommand),
    #[command(subcommand)]
    Ca(ca::CaCommand),
    #[command(subcommand)]
    Ra(ra::RaCommand),
    Inspect(inspect::InspectArgs),
    Lint(lint::LintArgs),
    Verify(verify::VerifyArgs),
    Sign(sign::SignArgs),
    #[command(subcommand)]
    Token(token::TokenCommand),
    #[command(subcommand)]
    ApiTokens(api_tokens::ApiTokensCommand),
}

/// Which data folder, and how its keys are opened.
#[derive(Args)]
struct DataArgs {
    /// The data folder that `sealwright init` made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A file with the passphrase of the sealed keys; or set SEALWRIGHT_PASSPHRASE. Neither is
    /// needed when `init` made a key file (seal.key)
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl DataArgs {
    /// The settings' file, for messages.
    fn settings(&self) -> String {
        self.data.join("sealwright.toml").display().to_string()
    }

    /// All that answering SCEP takes.
    async fn open(
        &self,
        config: impl FnOnce(&mut config::Config),
    ) -> anyhow::Result<(Service, config::Config)> {
        self.open_with(config, Needed::Scep).await
    }

    /// What issuing takes, and no key of a registration authority.
    async fn open_to_issue(&self) -> anyhow::Result<Service> {
        Ok(self.open_with(|_| (), Needed::Issuing).await?.0)
    }

    /// What tokens for content take: no key of an authority.
    async fn open_tokens(&self) -> anyhow::Result<Tokens> {
        let data = DataFolder::existing(&self.data)?;
        let settings = config::read(&data)?;
        let passphrase = Passphrase::of_data(data.path(), self.passphrase_file.as_deref())?;
        Tokens::open(&data, &settings, passphrase).await
    }

    async fn open_with(
        &self,
        config: impl FnOnce(&mut config::Config),
        needed: Needed,
    ) -> anyhow::Result<(Service, config::Config)> {
        let data = DataFolder::existing(&self.data)?;
        let mut settings = config::read(&data)?;
        config(&mut settings);
        let passphrase = Passphrase::of_data(data.path(), self.passphrase_file.as_deref())?;
        let service = Service::open(&data, &settings, passphrase, needed).await?;
        Ok((service, settings))
    }
}

/// Runs the command that the arguments name.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && wants_json() => return Output::new(true).usage(&error),
        // Help and version too come as errors.
        Err(error) => error.exit(),
    };
    let output = Output::new(cli.json);
    let done = guest::runtime()
        .build()
        .context("cannot start the runtime")
        .and_then(|runtime| runtime.block_on(dispatch(cli.command, output)));
    match done {
        Ok(code) => code,
        Err(error) => {
            output.error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Whether arguments that could not be read ask for JSON.
fn wants_json() -> bool {
    std::env::args_os().skip(1).take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

/// Runs a command; all but `lint` and `verify` end with 0 or an error.
async fn dispatch(command: Command, output: Output) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Serve(args) => serve::run(args, output).await,
        other => {
            start_log(config::LogFormat::Text, "warn")?;
            match other {
                Command::Init(args) => init::run(args, output).await,
                Command::Enroll(args) => enroll::run(args, output).await,
                Command::Certificates(command) => certificates::run(command, output).await,
                Command::Challenges(command) => challenges::run(command, output).await,
                Command::Revoke(args) => revoke::run(args, output).await,
                Command::Requests(command) => requests::run(command, output).await,
                Command::Ca(command) => ca::run(command, output).await,
                Command::Ra(command) => ra::run(command, output).await,
                Command::Inspect(args) => inspect::run(args, output).await,
                Command::Lint(args) => return Ok(lint::run(args, output).await),
                Command::Verify(args) => return Ok(verify::run(args, output).await),
                Command::Sign(args) => sign::run(args, output).await,
                Command::Token(command) => token::run(command, output).await,
                Command::ApiTokens(command) => api_tokens::run(command, output).await,
                Command::Serve(_) => Ok(()),
            }
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Starts the log, on standard error.
fn start_log(format: config::LogFormat, level: &str) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(level).map_err(|_| {
        anyhow::anyhow!(
            "log.level is {level:?}, wanted error, warn, info, debug or trace, or a filter such as \
             info,sealwright=debug"
        )
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let started = match format {
        config::LogFormat::Text => log.with_ansi(is_terminal).with_target(false).try_init(),
        config::LogFormat::Json => log.json().flatten_event(true).with_target(false).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("cannot start the log: {error}"))
}

/// The exit status of commands that answer a question with 0 and 1, when it could not be asked.
const NOT_ASKED: u8 = 2;

/// Ends such a command: with its answer, or with why there is none.
fn answered(answer: anyhow::Result<ExitCode>, output: Output) -> ExitCode {
    answer.unwrap_or_else(|error| {
        output.error(&error);
        ExitCode::from(NOT_ASKED)
    })
}

/// The store of a data folder, for commands that need no key.
async fn open_store(data: &Path) -> anyhow::Result<SqliteStore> {
    let path = DataFolder::existing(data)?.store();
    let store = SqliteStore::open(&path, false).await;
    store.with_context(|| format!("cannot open {}", path.display()))
}

/// Who runs the command, for the record: who was named, or the system's name for the user. That somebody else became
/// root is believed of root alone, who may write anything here.
fn actor(named: Option<String>) -> String {
    let user = || whoami::username().unwrap_or_else(|_| "unknown".to_owned());
    let before = |user: String| match user.as_str() {
        "root" => std::env::var("SUDO_USER").ok().filter(|user| !user.is_empty()).unwrap_or(user),
        _ => user,
    };
    named.unwrap_or_else(|| before(user()))
}

/// The engine for commands without a data folder; compiled code goes to the user's cache.
async fn guest_without_data() -> anyhow::Result<Guest> {
    let cache = user_cache();
    tokio::task::spawn_blocking(move || Guest::load(cache, Limits::default()))
        .await
        .context("the engine's thread ended")?
}

/// The folder for compiled code of this user, if it can be written.
pub(crate) fn user_cache() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")))?;
    let cache = base.join("sealwright");
    // Without a place to write (a container's read-only home) the engine is compiled each time.
    std::fs::create_dir_all(&cache).ok().map(|()| cache)
}

/// A time in seconds, or as people write it.
fn duration(text: &str) -> Result<u64, String> {
    match text.parse::<u64>() {
        Ok(0) => Err("wanted more than 0 seconds".to_owned()),
        Ok(seconds) => Ok(seconds),
        Err(_) => challenges::seconds(text),
    }
}

/// The password in a file, without the end of its line.
fn password(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = text.with_context(|| format!("cannot read the password in {}", path.display()))?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A file's text, or standard input's for `-`.
fn read_input(path: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read;
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
