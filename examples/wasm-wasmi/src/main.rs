//! Makes a key and a certification request in the module, and shows what an error looks like.

use anyhow::{Context, Result, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealwright_example_wasmi::{Instance, Limits, Response, Sealwright};
use serde_json::{Value, json};

/// More than these requests need; see `docs/module.md`.
const LIMITS: Limits = Limits { memory_bytes: 64 * 1024 * 1024, fuel: 1_000_000_000 };

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("which module? wasm-wasmi sealwright.wasm")?;
    let module = Sealwright::new(&std::fs::read(path)?, LIMITS)?;
    let mut instance = module.instance()?;

    // The module has no randomness: it comes with the request.
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let seed = Base64UrlUnpadded::encode_string(&seed);
    let made = ask(&mut instance, &json!({"op": "generate_key", "algorithm": "p256", "seed": seed}))?;

    let private_key = made["private_key"].as_str().context("no private key")?;
    read(&instance.import_key("laptop-7", private_key.as_bytes())?)?;

    let request = json!({"op": "create_csr", "subject": "CN=laptop-7,O=Acme", "key": {"id": "laptop-7"}});
    let made = ask(&mut instance, &request)?;
    print!("{}", made["csr"].as_str().context("no request")?);

    let request = json!({"op": "create_csr", "subject": "laptop-7", "key": {"id": "laptop-7"}});
    if let Err(error) = ask(&mut instance, &request) {
        eprintln!("refused: {error}");
    }
    Ok(())
}

fn ask(instance: &mut Instance, request: &Value) -> Result<Value> {
    read(&instance.call(request.to_string().as_bytes())?)
}

/// What is in `ok`; an error has its number, its code and what was wrong.
fn read(response: &Response) -> Result<Value> {
    let body: Value = serde_json::from_slice(&response.body)?;
    match response.status {
        0 => Ok(body["ok"].clone()),
        1 => bail!("the engine does not hold the key {}", body["needs"][0]["key"]),
        number => bail!("{number} {}", body["error"]),
    }
}
