//! HTTP for the SCEP client (RFC 8894 4.1): GET, POST, and the same message again when a reply is lost.

use std::time::Duration;

use anyhow::{Context, bail};
use base64ct::{Base64, Encoding};
use reqwest::{StatusCode, Url};

/// Time for one request.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The pause before the first repetition; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest answer that is read.
const MAX_BYTES: usize = 1 << 20;

/// The way to one SCEP server.
pub(crate) struct Transport {
    http: reqwest::Client,
    url: Url,
    retries: u32,
}

enum Failure {
    /// Worth another try: the network, or a server that is overloaded or restarting.
    Passing(anyhow::Error),
    /// The same request would fail again.
    Lasting(anyhow::Error),
}

impl Transport {
    /// To the server at `url`, with `retries` repetitions of a request that gets no answer.
    ///
    /// # Errors
    /// If the URL is not one of HTTP, or this machine's trusted certificates cannot be read for HTTPS.
    pub(crate) fn new(url: &str, retries: u32) -> anyhow::Result<Self> {
        let url: Url = url.parse().with_context(|| format!("{url:?} is not a URL"))?;
        let mut builder = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .user_agent(concat!("sealwright/", env!("CARGO_PKG_VERSION")));
        match url.scheme() {
            // Nothing is encrypted by TLS then, so no certificate of this machine has to be read.
            "http" => builder = builder.tls_certs_only([]),
            "https" => {}
            other => bail!("found a URL of {other}, wanted http or https"),
        }
        if is_loopback(&url) {
            builder = builder.no_proxy();
        }
        let http = builder.build().context("cannot set up the HTTP client")?;
        Ok(Self { http, url, retries })
    }

    /// GET `operation`, with a message in the URL if there is one.
    ///
    /// # Errors
    /// If there is no answer, or one with a status other than success.
    pub(crate) async fn get(&self, operation: &str, message: Option<&[u8]>) -> anyhow::Result<Vec<u8>> {
        let message = message.map(Base64::encode_string);
        let url = self.operation(operation, message.as_deref());
        self.repeat(operation, || self.http.get(url.clone())).await
    }

    /// POST a message.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub(crate) async fn post(&self, operation: &str, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let url = self.operation(operation, None);
        let request = || {
            self.http
                .post(url.clone())
                .header(reqwest::header::CONTENT_TYPE, "application/x-pki-message")
                .body(message.to_vec())
        };
        self.repeat(operation, request).await
    }

    /// The URL of an operation. Base64 is escaped whole: a bare `+` is read as a space by some.
    fn operation(&self, operation: &str, message: Option<&str>) -> Url {
        let mut query = self.url.query().map(|query| format!("{query}&")).unwrap_or_default();
        query.push_str("operation=");
        query.push_str(operation);
        if let Some(message) = message {
            let escaped = message.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            query.push_str("&message=");
            query.push_str(&escaped);
        }
        let mut url = self.url.clone();
        url.set_query(Some(&query));
        url
    }

    async fn repeat(
        &self,
        operation: &str,
        request: impl Fn() -> reqwest::RequestBuilder,
    ) -> anyhow::Result<Vec<u8>> {
        let mut pause = FIRST_PAUSE;
        for attempt in 0..=self.retries {
            match once(request()).await {
                Ok(body) => return Ok(body),
                Err(Failure::Passing(error)) if attempt < self.retries => {
                    tracing::warn!(operation, error = format!("{error:#}"), "no answer: trying again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Err(Failure::Passing(error) | Failure::Lasting(error)) => {
                    return Err(error.context(format!("{operation} at {} failed", self.url)));
                }
            }
        }
        bail!("{operation} was not tried")
    }
}

async fn once(request: reqwest::RequestBuilder) -> Result<Vec<u8>, Failure> {
    // The URL of a GET holds the whole message: it is in no error.
    let passing = |error: reqwest::Error| Failure::Passing(error.without_url().into());
    let mut response = request.send().await.map_err(passing)?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(passing)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            return Err(Failure::Lasting(anyhow::anyhow!("the answer has more than {MAX_BYTES} bytes")));
        }
    }
    if status.is_success() {
        return Ok(body);
    }
    let error = anyhow::anyhow!("the server answered {status}: {}", excerpt(&body));
    let passing = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
    Err(match passing || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT {
        true => Failure::Passing(error),
        false => Failure::Lasting(error),
    })
}

/// The start of an error page, printable.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_added_to_the_url() {
        let transport = Transport::new("http://localhost/scep/x?ca=1", 0).unwrap();
        let url = transport.operation("PKIOperation", Some("a+b/c="));
        assert_eq!(url.as_str(), "http://localhost/scep/x?ca=1&operation=PKIOperation&message=a%2Bb%2Fc%3D");
    }

    #[tokio::test]
    async fn errors_name_the_server_and_not_the_message() {
        let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let transport = Transport::new(&format!("http://{unused}/scep"), 0).unwrap();
        let error = transport.get("PKIOperation", Some(&[0xaa; 3_000])).await.unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains(&format!("http://{unused}/scep")), "{text}");
        assert!(text.len() < 300, "{text}");
    }

    #[test]
    fn only_http_is_spoken() {
        assert!(Transport::new("ftp://localhost/", 0).is_err());
        assert!(Transport::new("localhost", 0).is_err());
    }
}
