//! Keystores and private keys that others write, and others as readers of ours: OpenSSL, Java's keytool, NSS's pk12util
//! and certutil, GnuTLS's certtool; and the 405 files of NIST's PKITS.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use conformance::engine::{self, Engine, encode};
use conformance::{peer, tool};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse";

/// A folder with `key.pem`, `leaf.pem` and `chain.pem` (the root alone), made by our engine, and `ours.p12` of it.
struct Setting {
    folder: TempDir,
    key: String,
    leaf: String,
    root: String,
}

impl Setting {
    /// `name` is a key of the vectors.
    fn new(name: &str) -> Result<Self> {
        let held = engine::key("rsa-root")?;
        let key = engine::key(name)?;
        let engine = Engine::holding(&[("root", &held), ("leaf", &key)])?;
        let now = engine::now();
        let created = engine.call(&json!({
            "op": "create_authority", "now": now, "seed": engine::seed(1), "subject": "CN=Keystore Root",
            "key": { "id": "root" },
        }))?;
        let csr =
            engine.call(&json!({ "op": "create_csr", "key": { "id": "leaf" }, "subject": "CN=leaf" }))?;
        let issued = engine.call(&json!({
            "op": "sign_csr", "now": now, "seed": engine::seed(2), "authority": created["authority"],
            "profile": "device-identity", "csr": csr["csr"],
        }))?;
        let setting = Self {
            folder: TempDir::new()?,
            key,
            leaf: text(&issued["certificate"])?,
            root: text(&issued["chain"][0])?,
        };
        for (name, content) in
            [("key.pem", &setting.key), ("leaf.pem", &setting.leaf), ("chain.pem", &setting.root)]
        {
            std::fs::write(setting.path(name), content)?;
        }
        std::fs::write(setting.path("password"), PASSWORD)?;
        Ok(setting)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes `ours.p12`: the key with its chain, a certificate beside it, and a state.
    fn write_ours(&self) -> Result<()> {
        let response = call(&json!({
            "op": "write_pkcs12", "seed": engine::seed(3), "password": PASSWORD, "iterations": 2048,
            "entries": [{ "private_key": self.key, "certificate": self.leaf, "chain": [self.root], "friendly_name": "one" }],
            "certificates": [{ "certificate": certificate("certificate-rsa.pem")?, "friendly_name": "beside" }],
            "state": encode(&[7; 5000]),
        }))?;
        Ok(std::fs::write(self.path("ours.p12"), engine::decode(&response["pkcs12"])?)?)
    }

    /// Runs a program here; words are divided at blanks, `@` stands for the password.
    fn run(&self, program: &str, arguments: &str) -> Result<String> {
        let arguments: Vec<String> =
            arguments.split_whitespace().map(|word| word.replace('@', PASSWORD)).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(program, &arguments, self.folder.path())
    }

    /// What we find in a file of the folder is the key, its certificate and, where there is one, its chain.
    fn read(&self, file: &str, password: &str) -> Result<Value> {
        let pkcs12 = encode(&std::fs::read(self.path(file))?);
        let request = json!({ "op": "read_pkcs12", "pkcs12": pkcs12, "password": password });
        let response = call(&request).with_context(|| file.to_owned())?;
        self.is_ours(&response).with_context(|| format!("{file}: {response}"))?;
        let refused = call(&json!({ "op": "read_pkcs12", "pkcs12": pkcs12, "password": "wrong" }));
        let refused = refused.err().with_context(|| format!("{file} opens with another password"))?;
        ensure!(refused.to_string().contains("keystore_password_wrong"), "{file}: {refused}");
        Ok(response)
    }

    fn is_ours(&self, response: &Value) -> Result<()> {
        let entries = response["entries"].as_array().context("entries")?;
        ensure!(entries.len() == 1, "found {} entries", entries.len());
        ensure!(entries[0]["private_key"] == self.key, "another key");
        ensure!(entries[0]["certificate"] == self.leaf, "another certificate");
        ensure!(entries[0]["chain"] == json!([self.root]), "another chain");
        Ok(())
    }
}

fn call(request: &Value) -> Result<Value> {
    Engine::default().call(request)
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().with_context(|| format!("no text: {value}"))?.to_owned())
}

fn certificate(name: &str) -> Result<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/inputs/");
    Ok(std::fs::read_to_string(format!("{path}{name}"))?)
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&tool::run(program, arguments, folder, &[])?).into_owned())
}

/// What follows a PEM block's dashes, as OpenSSL and we write it.
fn blocks(text: &str, label: &str) -> Vec<String> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----\n"));
    let found = text.split(begin.as_str()).skip(1);
    found
        .filter_map(|part| part.split_once(end.as_str()))
        .map(|(body, _)| format!("{begin}{body}{end}"))
        .collect()
}

#[test]
fn openssl_reads_ours() -> Result<()> {
    if peer::find("openssl", "openssl").is_none() {
        return Ok(());
    }
    for name in ["rsa-device", "p256-device", "p384-device", "ed25519-device"] {
        let setting = Setting::new(name)?;
        setting.write_ours()?;
        let arguments = ["pkcs12", "-in", "ours.p12", "-passin", "file:password", "-nodes"];
        let shown = run("openssl", &arguments, setting.folder.path())?;
        ensure!(blocks(&shown, "PRIVATE KEY") == [setting.key.clone()], "{shown}");
        let certificates = blocks(&shown, "CERTIFICATE");
        ensure!(certificates.len() == 3 && certificates.contains(&setting.leaf), "{shown}");
        ensure!(shown.contains("friendlyName: one") && shown.contains("friendlyName: beside"), "{shown}");
        ensure!(engine::decode(&setting.read("ours.p12", PASSWORD)?["state"])? == [7; 5000], "another state");
    }
    Ok(())
}

#[test]
fn keytool_reads_ours() -> Result<()> {
    if peer::find("keytool", "default-jre-headless").is_none() {
        return Ok(());
    }
    for name in ["rsa-device", "p256-device"] {
        let setting = Setting::new(name)?;
        setting.write_ours()?;
        let folder = setting.folder.path();
        let list = ["-list", "-v", "-storetype", "PKCS12", "-keystore", "ours.p12", "-storepass", PASSWORD];
        let shown = run("keytool", &list, folder)?;
        for wanted in [
            "2 entries",
            "PrivateKeyEntry",
            "chain length: 2",
            "trustedCertEntry",
            "name: one",
            "name: beside",
        ] {
            ensure!(shown.contains(wanted), "no {wanted:?} in {shown}");
        }
        let import = [
            "-importkeystore",
            "-noprompt",
            "-srcstoretype",
            "PKCS12",
            "-srckeystore",
            "ours.p12",
            "-srcstorepass",
            PASSWORD,
            "-deststoretype",
            "PKCS12",
            "-destkeystore",
            "theirs.p12",
            "-deststorepass",
            PASSWORD,
        ];
        run("keytool", &import, folder)?;
        setting.read("theirs.p12", PASSWORD)?;
        let legacy = import.map(|word| if word == "theirs.p12" { "legacy.p12" } else { word });
        run("keytool", &[&["-J-Dkeystore.pkcs12.legacy"][..], &legacy].concat(), folder)?;
        let mac = setting.read("legacy.p12", PASSWORD)?["mac"].take();
        ensure!(mac == "hmac_sha1", "{mac}");
    }
    Ok(())
}

#[test]
fn nss_reads_ours_and_we_read_its() -> Result<()> {
    if peer::find("pk12util", "libnss3-tools").is_none() || peer::find("certutil", "libnss3-tools").is_none()
    {
        return Ok(());
    }
    for name in ["rsa-device", "p256-device"] {
        let setting = Setting::new(name)?;
        setting.write_ours()?;
        setting.run("certutil", "-N -d sql:. --empty-password")?;
        setting.run("pk12util", "-i ours.p12 -d sql:. -w password")?;
        let listed = setting.run("pk12util", "-l ours.p12 -d sql:. -w password")?;
        ensure!(listed.contains("Key(shrouded)") && listed.contains("Friendly Name: one"), "{listed}");
        let keys = setting.run("certutil", "-K -d sql:.")?;
        ensure!(keys.contains("one"), "{keys}");
        let ciphers = [
            "",
            "-c AES-256-CBC -C AES-128-CBC",
            "-c PKCS#12_V2_PBE_With_SHA-1_And_3KEY_Triple_DES-CBC -C PKCS#12_V2_PBE_With_SHA-1_And_40_Bit_RC2_CBC",
            "-M SHA-1",
        ];
        for (index, cipher) in ciphers.iter().enumerate() {
            let file = format!("nss-{index}.p12");
            let mut arguments = vec!["-o", &file, "-n", "one", "-d", "sql:.", "-w", "password"];
            let named: Vec<String> =
                cipher.split(' ').map(|word| word.replace('_', " ").replace("PKCS#", "PKCS #")).collect();
            arguments.extend(named.iter().map(String::as_str).filter(|word| !word.is_empty()));
            run("pk12util", &arguments, setting.folder.path())?;
            setting.read(&file, PASSWORD)?;
        }
    }
    Ok(())
}

#[test]
fn gnutls_reads_ours_and_we_read_its() -> Result<()> {
    if peer::find("certtool", "gnutls-bin").is_none() {
        return Ok(());
    }
    for name in ["rsa-device", "p256-device"] {
        let setting = Setting::new(name)?;
        setting.write_ours()?;
        let arguments = ["--p12-info", "--inder", "--infile", "ours.p12", "--password", PASSWORD];
        let shown = run("certtool", &arguments, setting.folder.path())?;
        for wanted in ["MAC: SHA256", "Cipher: AES-256-CBC", "PKCS #8 Encrypted key", "Friendly name: one"] {
            ensure!(shown.contains(wanted), "no {wanted:?} in {shown}");
        }
        // With the last ones, GnuTLS makes millions of iterations; once is enough.
        let ciphers = ["aes-256", "aes-128", "arcfour", "3des-pkcs12", "rc2-40"];
        let ciphers = ciphers.iter().take(if name == "rsa-device" { 5 } else { 3 });
        for (cipher, password) in ciphers.map(|cipher| (*cipher, PASSWORD)) {
            let file = format!("{cipher}.p12");
            let arguments = [
                "--to-p12",
                "--load-privkey",
                "key.pem",
                "--load-certificate",
                "leaf.pem",
                "--load-ca-certificate",
                "chain.pem",
                "--p12-name",
                "one",
                "--pkcs-cipher",
                cipher,
                "--password",
                password,
                "--outder",
                "--outfile",
                &file,
            ];
            run("certtool", &arguments, setting.folder.path())?;
            if cipher == "arcfour" {
                let pkcs12 = encode(&std::fs::read(setting.path(&file))?);
                let refused = call(&json!({ "op": "read_pkcs12", "pkcs12": pkcs12, "password": password }));
                ensure!(refused.is_err_and(|error| error.to_string().contains("key_encryption_refused")));
                continue;
            }
            setting.read(&file, password)?;
        }
    }
    Ok(())
}

#[test]
fn we_read_what_openssl_writes() -> Result<()> {
    if peer::find("openssl", "openssl").is_none() {
        return Ok(());
    }
    let setting = Setting::new("rsa-device")?;
    let variants = [
        ("", Some("hmac_sha256")),
        ("-legacy", Some("hmac_sha1")),
        ("-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-40 -macalg sha256", Some("hmac_sha256")),
        ("-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-3DES -macalg sha1", Some("hmac_sha1")),
        ("-legacy -keypbe PBE-MD5-DES -certpbe PBE-SHA1-RC2-64", Some("hmac_sha1")),
        ("-keypbe NONE -certpbe NONE", Some("hmac_sha256")),
        ("-keypbe aes-128-cbc -certpbe aes-192-cbc -macalg sha384", Some("hmac_sha384")),
        ("-keypbe des-ede3-cbc -certpbe des-ede3-cbc -macalg sha512 -iter 1", Some("hmac_sha512")),
        ("-nomac", None),
    ];
    for (index, (options, mac)) in variants.iter().enumerate() {
        let file = format!("openssl-{index}.p12");
        let mut arguments = vec![
            "pkcs12",
            "-export",
            "-inkey",
            "key.pem",
            "-in",
            "leaf.pem",
            "-certfile",
            "chain.pem",
            "-name",
            "one",
            "-passout",
            "file:password",
            "-out",
            &file,
        ];
        arguments.extend(options.split_whitespace());
        run("openssl", &arguments, setting.folder.path())?;
        let response = setting.read(&file, PASSWORD).with_context(|| (*options).to_owned())?;
        ensure!(
            response["mac"] == json!(mac) && response["entries"][0]["friendly_name"] == "one",
            "{response}"
        );
    }
    for (password, file) in [("", "empty.p12"), ("grün €", "unicode.p12")] {
        let passout = format!("pass:{password}");
        for options in ["", "-legacy"] {
            let mut arguments = vec![
                "pkcs12",
                "-export",
                "-inkey",
                "key.pem",
                "-in",
                "leaf.pem",
                "-certfile",
                "chain.pem",
                "-passout",
                &passout,
                "-out",
                file,
            ];
            arguments.extend(options.split_whitespace());
            run("openssl", &arguments, setting.folder.path())?;
            setting.read(file, password).with_context(|| format!("{password:?} {options}"))?;
        }
    }
    Ok(())
}

/// Private keys alone, in every form in which some version of OpenSSL wrote them.
#[test]
fn we_read_the_keys_that_openssl_writes() -> Result<()> {
    if peer::find("openssl", "openssl").is_none() {
        return Ok(());
    }
    let traditional = ["-aes128", "-aes192", "-aes256", "-des3", "-des"];
    let pkcs8 = [
        "-v2 aes-128-cbc",
        "-v2 aes-192-cbc",
        "-v2 aes-256-cbc",
        "-v2 des3",
        "-v2 aes256 -v2prf hmacWithSHA1",
        "-v2 aes256 -v2prf hmacWithSHA224",
        "-v2 aes256 -v2prf hmacWithSHA384",
        "-v2 aes256 -v2prf hmacWithSHA512",
        "-v2 aes256 -iter 100000",
        "-scrypt",
        "-scrypt -scrypt_N 1024 -scrypt_r 8 -scrypt_p 16",
        "-v1 PBE-MD5-DES",
        "-v1 PBE-SHA1-DES",
        "-v1 PBE-SHA1-RC2-64",
        "-v1 PBE-MD5-RC2-64",
        "-v1 PBE-SHA1-3DES",
        "-v1 PBE-SHA1-2DES",
        "-v1 PBE-SHA1-RC2-40",
        "-v1 PBE-SHA1-RC2-128",
        "-v2 rc2-cbc",
        "-v2 rc2-40-cbc",
        "-v2 rc2-64-cbc",
        "-v2 des-cbc",
    ];
    for name in ["rsa-device", "p256-device", "p384-device", "ed25519-device"] {
        let setting = Setting::new(name)?;
        let mut commands: Vec<String> = Vec::new();
        if !name.starts_with("ed25519") {
            commands
                .extend(traditional.iter().map(|cipher| format!("pkey -in key.pem -traditional {cipher}")));
        }
        commands.extend(pkcs8.iter().map(|options| format!("pkcs8 -topk8 -in key.pem {options}")));
        for command in commands {
            let old = ["-des", "rc2", "RC2", "-DES", "des-cbc"].iter().any(|word| command.contains(word));
            let providers = if old { "-provider legacy -provider default" } else { "" };
            let command = format!("{command} {providers} -passout file:password -out sealed.pem");
            setting.run("openssl", &command)?;
            let sealed = std::fs::read_to_string(setting.path("sealed.pem"))?;
            let read = |password: Option<&str>| {
                call(&json!({ "op": "read_private_key", "input": sealed, "password": password }))
            };
            let response = read(Some(PASSWORD)).with_context(|| command.clone())?;
            ensure!(
                response["private_key"] == setting.key && response["encrypted"] == true,
                "{command}: {response}"
            );
            for (password, code) in [(None, "key_password_missing"), (Some("wrong"), "key_password_wrong")] {
                let refused = read(password).err().context("it opens without its password")?.to_string();
                ensure!(refused.contains(code), "{command}: {refused}");
            }
        }
    }
    Ok(())
}

#[test]
fn others_open_the_keys_that_we_encrypt() -> Result<()> {
    if peer::find("openssl", "openssl").is_none() || peer::find("certtool", "gnutls-bin").is_none() {
        return Ok(());
    }
    for name in ["rsa-device", "p256-device", "ed25519-device"] {
        let setting = Setting::new(name)?;
        for kdf in ["pbkdf2_sha256", "scrypt"] {
            let sealed = call(&json!({
                "op": "encrypt_private_key", "seed": engine::seed(9), "private_key": setting.key,
                "password": PASSWORD, "kdf": kdf,
            }))?;
            std::fs::write(setting.path("sealed.pem"), text(&sealed["private_key"])?)?;
            let opened = setting.run("openssl", "pkey -in sealed.pem -passin file:password")?;
            ensure!(opened == setting.key, "{opened}");
            // Which GnuTLS 3.7 does not have: scrypt.
            if kdf == "pbkdf2_sha256" {
                let arguments =
                    ["--pubkey-info", "--no-text", "--load-privkey", "sealed.pem", "--password", PASSWORD];
                let shown = run("certtool", &arguments, setting.folder.path())?;
                ensure!(shown == setting.run("openssl", "pkey -in key.pem -pubout")?, "{shown}");
            }
        }
    }
    Ok(())
}

#[test]
fn we_read_javas_own_keystores() -> Result<()> {
    if peer::find("keytool", "default-jre-headless").is_none() {
        return Ok(());
    }
    for (name, kind, key_password) in [
        ("rsa-device", "JKS", PASSWORD),
        ("p256-device", "JKS", "another one"),
        ("rsa-device", "JCEKS", "another one"),
        ("p256-device", "JCEKS", PASSWORD),
    ] {
        let setting = Setting::new(name)?;
        setting.write_ours()?;
        let import = [
            "-importkeystore",
            "-noprompt",
            "-srcstoretype",
            "PKCS12",
            "-srckeystore",
            "ours.p12",
            "-srcalias",
            "one",
            "-srcstorepass",
            PASSWORD,
            "-deststoretype",
            kind,
            "-destkeystore",
            "java",
            "-deststorepass",
            PASSWORD,
            "-destkeypass",
            key_password,
        ];
        run("keytool", &import, setting.folder.path())?;
        let beside = [
            "-importcert",
            "-noprompt",
            "-alias",
            "beside",
            "-file",
            "chain.pem",
            "-storetype",
            kind,
            "-keystore",
            "java",
            "-storepass",
            PASSWORD,
        ];
        run("keytool", &beside, setting.folder.path())?;
        let file = std::fs::read(setting.path("java"))?;
        let read = |password: &str, key_password: Option<&str>| {
            call(
                &json!({ "op": "read_jks", "jks": encode(&file), "password": password, "key_password": key_password }),
            )
        };
        let response = read(PASSWORD, Some(key_password))?;
        setting.is_ours(&response).with_context(|| format!("{kind}: {response}"))?;
        ensure!(response["entries"][0]["friendly_name"] == "one", "{response}");
        let trusted = &response["certificates"][0];
        ensure!(trusted["friendly_name"] == "beside" && trusted["certificate"] == setting.root, "{response}");
        let problem = read(PASSWORD, Some("wrong"))?["entries"][0]["problem"]["code"].take();
        ensure!(problem == "key_password_wrong", "{problem}");
        let refused = read("wrong", None).err().context("it opens with another password")?.to_string();
        ensure!(refused.contains("keystore_password_wrong"), "{refused}");
    }
    Ok(())
}

/// The vectors of the Python package `cryptography`, which hold NIST's PKITS.
fn vectors() -> Result<Option<PathBuf>> {
    let Some(python) = peer::find_python("python") else { return Ok(None) };
    let program = "import cryptography_vectors as v; print(v.__path__[0])";
    let python = python.to_string_lossy().into_owned();
    Ok(Some(PathBuf::from(run(&python, &["-c", program], Path::new("."))?.trim())))
}

/// Keys that open, and that we have no use for.
const DSA_KEYS_OF_PKITS: usize = 5;

/// The password is in NIST's readme.
#[test]
fn all_of_pkits_opens() -> Result<()> {
    let Some(vectors) = vectors()? else { return Ok(()) };
    let (mut opened, mut unusable) = (0, 0);
    for file in std::fs::read_dir(vectors.join("x509/PKITS_data/pkcs12"))? {
        let path = file?.path();
        let pkcs12 = encode(&std::fs::read(&path)?);
        let request = json!({ "op": "read_pkcs12", "pkcs12": pkcs12, "password": "password" });
        let response = call(&request).with_context(|| path.display().to_string())?;
        let entry = &response["entries"][0];
        let certificate = if entry["certificate"].is_null() { &response["certificates"][0] } else { entry };
        ensure!(certificate["certificate"].is_string(), "{}: {response}", path.display());
        match entry["private_key"].is_string() {
            true => opened += 1,
            // DSA.
            false => {
                ensure!(entry["problem"]["code"] == "key_unsupported", "{}: {response}", path.display());
                unusable += 1;
            }
        }
    }
    ensure!(opened + unusable == 405 && unusable == DSA_KEYS_OF_PKITS, "found {opened} and {unusable} keys");
    Ok(())
}
