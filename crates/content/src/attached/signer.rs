//! Whom a certificate names: the identity that Fulcio or another authority wrote into it. Read, and not verified.
//!
//! <https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md>

use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::Utf8StringRef;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::json::{base64, short};

/// Who signed, and who vouches for that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Signer {
    pub identity: String,
    pub issuer: String,
}

const ALTERNATIVE_NAMES: &str = "2.5.29.17";
/// Fulcio's issuer: as a text in DER, and as it was written first.
const ISSUER: &str = "1.3.6.1.4.1.57264.1.8";
const OLD_ISSUER: &str = "1.3.6.1.4.1.57264.1.1";

/// Of the first certificate in PEM.
pub(super) fn of_pem(pem: &str) -> Result<Signer, String> {
    let inner = pem.split_once("-----BEGIN CERTIFICATE-----").and_then(|(_, rest)| rest.split_once("-----END"));
    let der = inner.and_then(|(inner, _)| base64(inner)).ok_or("its certificate is no PEM")?;
    of_der(&der)
}

/// Of a certificate in DER.
pub(super) fn of_der(der: &[u8]) -> Result<Signer, String> {
    let parsed = Certificate::from_der(der).map_err(|error| format!("its certificate is damaged: {error}"))?;
    let inner = parsed.tbs_certificate();
    let extension = |oid: &str| {
        let all = inner.extensions().into_iter().flatten();
        all.filter(|extension| extension.extn_id.to_string() == oid)
            .map(|extension| extension.extn_value.as_bytes())
            .next()
    };
    let named = extension(ALTERNATIVE_NAMES).and_then(name);
    let issuer = extension(ISSUER)
        .and_then(|value| Utf8StringRef::from_der(value).ok().map(|text| text.as_str().to_owned()))
        .or_else(|| extension(OLD_ISSUER).map(|value| String::from_utf8_lossy(value).into_owned()));
    Ok(Signer {
        identity: Some(short(&named.unwrap_or_else(|| inner.subject().to_string())))
            .filter(|identity| !identity.is_empty())
            .unwrap_or_else(|| "a certificate without a name".into()),
        issuer: short(&issuer.unwrap_or_else(|| inner.issuer().to_string())),
    })
}

fn name(value: &[u8]) -> Option<String> {
    let names = SubjectAltName::from_der(value).ok()?;
    names.0.iter().find_map(|name| match name {
        GeneralName::UniformResourceIdentifier(text) | GeneralName::Rfc822Name(text) | GeneralName::DnsName(text) => {
            Some(text.as_str().to_owned())
        }
        GeneralName::OtherName(other) => {
            other.value.decode_as::<Utf8StringRef<'_>>().ok().map(|text| text.as_str().to_owned())
        }
        _ => None,
    })
}
