//! Signatures as the Standard Webhooks specification has them (standardwebhooks.com, `v1`: HMAC-SHA256).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, by the specification.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The secret that a receiver shares with us; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Arc<[u8]>);

impl SigningKey {
    /// Reads `whsec_` and base64.
    ///
    /// # Errors
    /// In words, without the secret, what was expected.
    pub fn read(text: &str) -> Result<SigningKey, String> {
        let encoded = text
            .strip_prefix(PREFIX)
            .ok_or_else(|| format!("it does not begin with {PREFIX}"))?;
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| format!("what follows {PREFIX} is not base64"))?;
        if !BYTES.contains(&bytes.len()) {
            return Err(format!(
                "it has {} bytes; expected {} to {}",
                bytes.len(),
                BYTES.start(),
                BYTES.end()
            ));
        }
        Ok(SigningKey(bytes.into()))
    }

    /// The header `webhook-signature` of a body, for this id and time.
    pub fn sign(&self, id: &str, seconds: u64, body: &[u8]) -> String {
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the reference implementations of the specification test themselves with.
    #[test]
    fn the_specifications_own_vector_is_signed_alike() {
        let key = SigningKey::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = key.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_that_is_none_is_refused_without_being_shown() {
        for (text, why) in [
            ("c2VjcmV0", "begin with whsec_"),
            ("whsec_%%%", "not base64"),
            ("whsec_c2VjcmV0", "it has 6 bytes"),
        ] {
            let said = SigningKey::read(text).unwrap_err();
            assert!(said.contains(why) && !said.contains("c2VjcmV0"), "{said}");
        }
        let key = SigningKey::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert!(!format!("{key:?}").contains("MfKQ"));
    }
}
