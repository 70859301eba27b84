//! The key by which push services know this surged: VAPID (RFC 8292). Who has it may call the phones of those who subscribed under it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use std::fmt;
use std::sync::Arc;

/// How long one signature is good; the standard allows a day.
const GOOD_FOR_S: u64 = 12 * 3_600;

/// The private key; never printed.
#[derive(Clone)]
pub struct VapidKey(Arc<EcdsaKeyPair>);

impl VapidKey {
    /// A new key, as its file holds it: PKCS#8 as one line of base64url.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn make() -> Result<String, &'static str> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let made = made.map_err(|_| "the system gives no random numbers")?;
        Ok(URL_SAFE_NO_PAD.encode(made))
    }

    /// Reads what [`VapidKey::make`] made.
    ///
    /// # Errors
    /// In words, without the key, what was expected.
    pub fn read(text: &str) -> Result<VapidKey, &'static str> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text.trim())
            .map_err(|_| "it is not one line of base64url")?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes, &SystemRandom::new());
        key.map(|key| VapidKey(Arc::new(key)))
            .map_err(|_| "it is no P-256 key in PKCS#8")
    }

    /// Its public half, as browsers want it to subscribe.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// The `Authorization` for a push service's origin: who we are and whom to ask about us, good for half a day. `None`: the machine
    /// gives no random numbers.
    pub fn authorization(&self, origin: &str, subject: &str, now_s: u64) -> Option<String> {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({ "typ": "JWT", "alg": "ES256" }));
        let claims = part(json!({ "aud": origin, "exp": now_s + GOOD_FOR_S, "sub": subject }));
        let signed = format!("{head}.{claims}");
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!(
            "vapid t={signed}.{}, k={}",
            URL_SAFE_NO_PAD.encode(signature),
            self.public()
        ))
    }
}

impl PartialEq for VapidKey {
    fn eq(&self, other: &VapidKey) -> bool {
        self.0.public_key().as_ref() == other.0.public_key().as_ref()
    }
}

impl Eq for VapidKey {}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VapidKey(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn what_it_signs_is_checked_by_its_public_half() {
        let text = VapidKey::make().unwrap();
        let key = VapidKey::read(&format!("{text}\n")).unwrap();
        assert_ne!(key, VapidKey::read(&VapidKey::make().unwrap()).unwrap());
        let said = key
            .authorization("https://push.example", "mailto:a@b.example", 1_000)
            .unwrap();
        let (token, public) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(public))
            .verify(signed.as_bytes(), &decode(signature))
            .unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&decode(signed.split_once('.').unwrap().1)).unwrap();
        assert_eq!(
            claims,
            json!({ "aud": "https://push.example", "exp": 44_200, "sub": "mailto:a@b.example" })
        );
        assert!(!format!("{key:?}").contains(&text[..20]));
    }

    #[test]
    fn a_key_that_is_none_is_refused_without_being_shown() {
        for text in ["", "%%%", "c2VjcmV0LWtleQ"] {
            let said = VapidKey::read(text).unwrap_err();
            assert!(!said.contains("c2Vj"), "{said}");
        }
    }
}
