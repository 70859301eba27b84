//! Encryption of a notification so that the push service, which is a stranger's, cannot read it: RFC 8291 over RFC 8188 (`aes128gcm`), one
//! record. Ciphers are ring's, as for TLS; here stands only in which order they are used.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};

/// The most bytes of a text: push services take 4,096, of which the head and the seal need 103.
pub const LIMIT_PLAIN: usize = 4_096 - HEAD - 1 - TAG;

/// Salt, record size, length of the key, and the key.
const HEAD: usize = 16 + 4 + 1 + POINT;
const TAG: usize = 16;
/// A point of P-256 as both sides write it: uncompressed.
const POINT: usize = 65;
/// What stands behind the text in the last record.
const LAST: u8 = 2;
const RECORD: u32 = 4_096;

/// Why a text cannot be sealed.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsealed {
    /// Too long.
    #[error("it has more than {LIMIT_PLAIN} bytes")]
    TooLong,
    /// The browser's key is no point of the curve, or the machine gives no random numbers.
    #[error("the browser's key cannot be used")]
    Key,
}

/// What a browser gave so that only it can read: its public key and a secret shared with it.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserKeys {
    public: [u8; POINT],
    auth: [u8; 16],
}

impl BrowserKeys {
    /// Reads `p256dh` and `auth` as browsers give them, base64 for addresses.
    ///
    /// # Errors
    /// In words, without them, what was expected.
    pub fn read(p256dh: &str, auth: &str) -> Result<BrowserKeys, &'static str> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let public: [u8; POINT] = bytes(p256dh)
            .and_then(|it| it.try_into().ok())
            .ok_or("p256dh is not 65 bytes as base64url")?;
        if public[0] != 4 {
            return Err("p256dh is no uncompressed point of P-256");
        }
        let auth = bytes(auth)
            .and_then(|it| it.try_into().ok())
            .ok_or("auth is not 16 bytes as base64url")?;
        let keys = BrowserKeys { public, auth };
        // Whether the point lies on the curve is known once something is sealed for it.
        keys.seal(b"").map_err(|_| "p256dh is no point of P-256")?;
        Ok(keys)
    }

    /// A text for this browser alone.
    ///
    /// # Errors
    /// Too long, or the key cannot be used.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Unsealed> {
        if plain.len() > LIMIT_PLAIN {
            return Err(Unsealed::TooLong);
        }
        let random = SystemRandom::new();
        let mut salt = [0; 16];
        random.fill(&mut salt).map_err(|_| Unsealed::Key)?;
        let ours = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(|_| Unsealed::Key)?;
        let our_public = ours.compute_public_key().map_err(|_| Unsealed::Key)?;
        let theirs = UnparsedPublicKey::new(&ECDH_P256, self.public);
        let sealed = agree_ephemeral(ours, &theirs, |shared| {
            self.seal_with(plain, shared, our_public.as_ref(), &salt)
        });
        sealed.ok().flatten().ok_or(Unsealed::Key)
    }

    /// The same with everything given that is drawn anew for each text.
    fn seal_with(&self, plain: &[u8], shared: &[u8], our_public: &[u8], salt: &[u8; 16]) -> Option<Vec<u8>> {
        let agreed = Salt::new(HKDF_SHA256, &self.auth).extract(shared);
        let input: [u8; 32] = expand(&agreed, &[b"WebPush: info\0", &self.public, our_public])?;
        let of_text = Salt::new(HKDF_SHA256, salt).extract(&input);
        let key: [u8; 16] = expand(&of_text, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = expand(&of_text, &[b"Content-Encoding: nonce\0"])?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let mut record = [plain, &[LAST]].concat();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
            .ok()?;
        let length = u8::try_from(our_public.len()).ok()?;
        Some([&salt[..], &RECORD.to_be_bytes(), &[length], our_public, &record].concat())
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(from: &Prk, info: &[&[u8]]) -> Option<[u8; N]> {
    let mut key = [0; N];
    from.expand(info, Length(N)).ok()?.fill(&mut key).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// The example of RFC 8291, appendix A.
    #[test]
    fn the_standards_own_example_is_sealed_alike() {
        let keys = BrowserKeys::read(PUBLIC, AUTH).unwrap();
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let ours = bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let sealed = keys
            .seal_with(b"When I grow up, I want to be a watermelon", &shared, &ours, &salt)
            .unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w\
                        EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn every_text_has_a_salt_of_its_own_and_none_is_too_long() {
        let keys = BrowserKeys::read(PUBLIC, AUTH).unwrap();
        let longest = [b'x'; LIMIT_PLAIN];
        let (first, second) = (keys.seal(&longest).unwrap(), keys.seal(&longest).unwrap());
        assert_eq!(first.len(), 4_096);
        assert_ne!(first[..16], second[..16]);
        assert_ne!(first[HEAD..], second[HEAD..]);
        assert_eq!(keys.seal(&[0; LIMIT_PLAIN + 1]), Err(Unsealed::TooLong));
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        let off_the_curve = URL_SAFE_NO_PAD.encode([&[4u8][..], &[7; 64]].concat());
        let compressed = URL_SAFE_NO_PAD.encode([&[2u8][..], &[7; 64]].concat());
        for (public, auth, why) in [
            ("", AUTH, "65 bytes"),
            ("%%%", AUTH, "65 bytes"),
            (&compressed, AUTH, "uncompressed"),
            (&off_the_curve, AUTH, "no point"),
            (PUBLIC, "AAAA", "16 bytes"),
        ] {
            let said = BrowserKeys::read(public, auth).err().unwrap();
            assert!(said.contains(why), "{public}: {said}");
        }
    }
}
