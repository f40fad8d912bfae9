//! TLS for the `quic` bearer: raw public keys both ways, and one post-quantum key exchange.
//!
//! Owns the configuration of TLS 1.3 and the check that the other side holds the one key of this
//! line (RFC 7250, RFC 8446, FIPS 203). TLS hides and protects the path; it is not what messages
//! rest on, they are sealed above. Both stations can make both keys, so a recorded handshake proves
//! nothing about either.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn_proto::crypto::{CryptoError, HmacKey};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme,
    SupportedCipherSuite, version,
};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::StartError;

/// The keys of a `quic` bearer, all made from the line's root (SEAL, bearer seeds).
pub struct QuicKeys {
    /// Seed of our Ed25519 key (RFC 8032).
    pub ours: Zeroizing<[u8; 32]>,
    /// Seed of the peer's Ed25519 key.
    pub theirs: Zeroizing<[u8; 32]>,
    /// Secret of this station for the line: after a restart it lets us tell the peer at once that
    /// the old connection is gone. It has to be the same after the restart.
    pub reset: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for QuicKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QuicKeys(..)")
    }
}

/// The protocol name that both sides must offer (RFC 7301).
pub(crate) const PROTOCOL: &[u8] = b"redphone/1";

/// The two halves of TLS for one line.
pub(crate) struct Tls {
    pub(crate) client: Arc<QuicClientConfig>,
    pub(crate) server: Arc<QuicServerConfig>,
}

impl Tls {
    /// Pins both keys and allows one way to exchange keys.
    ///
    /// # Errors
    ///
    /// [`StartError::BadKeys`] if a seed makes no key or both seeds are the same.
    pub(crate) fn new(keys: &QuicKeys) -> Result<Self, StartError> {
        Self::with(keys, Arc::new(provider()))
    }

    fn with(keys: &QuicKeys, provider: Arc<CryptoProvider>) -> Result<Self, StartError> {
        if keys.ours == keys.theirs {
            return Err(StartError::BadKeys("both directions have the same key"));
        }
        let bad = |_| StartError::BadKeys("TLS cannot be set up with them");
        let (ours, _) = raw_key(&keys.ours)?;
        let (_, theirs) = raw_key(&keys.theirs)?;
        let pin = Arc::new(Pin {
            key: theirs,
            provider: Arc::clone(&provider),
        });

        let mut client = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&version::TLS13])
            .map_err(bad)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Pin>::clone(&pin))
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(
                Arc::clone(&ours),
            )));
        client.alpn_protocols = vec![PROTOCOL.to_vec()];
        client.resumption = Resumption::disabled();
        client.enable_early_data = false;
        client.enable_sni = false;

        let mut server = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13])
            .map_err(bad)?
            .with_client_cert_verifier(pin)
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(ours)));
        server.alpn_protocols = vec![PROTOCOL.to_vec()];
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        server.max_early_data_size = 0;

        let unfit = |_| StartError::BadKeys("TLS has no cipher for the first packets");
        Ok(Self {
            client: Arc::new(QuicClientConfig::try_from(client).map_err(unfit)?),
            server: Arc::new(QuicServerConfig::try_from(server).map_err(unfit)?),
        })
    }
}

/// TLS 1.3 only, X25519 with ML-KEM-768 only.
fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups = vec![aws_lc_rs::kx_group::X25519MLKEM768];
    provider
        .cipher_suites
        .retain(|suite| matches!(suite, SupportedCipherSuite::Tls13(_)));
    provider
}

/// The Ed25519 key of a seed, and its public half as SubjectPublicKeyInfo.
fn raw_key(seed: &[u8; 32]) -> Result<(Arc<CertifiedKey>, Vec<u8>), StartError> {
    // PKCS #8 of an Ed25519 key is this head and the seed (RFC 8410, section 7).
    const HEAD: [u8; 16] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    let mut pkcs8 = Zeroizing::new([0; 48]);
    for (to, from) in pkcs8.iter_mut().zip(HEAD.iter().chain(seed)) {
        *to = *from;
    }
    let bad = StartError::BadKeys("a seed makes no Ed25519 key");
    let Ok(key) = aws_lc_rs::sign::any_eddsa_type(&PrivatePkcs8KeyDer::from(pkcs8.as_slice()))
    else {
        return Err(bad);
    };
    let Some(public) = key.public_key().map(|public| public.as_ref().to_vec()) else {
        return Err(bad);
    };
    let chain = vec![CertificateDer::from(public.clone())];
    Ok((Arc::new(CertifiedKey::new(chain, key)), public))
}

/// Accepts one public key and no other.
#[derive(Debug)]
struct Pin {
    key: Vec<u8>,
    provider: Arc<CryptoProvider>,
}

impl Pin {
    fn check(&self, shown: &CertificateDer<'_>) -> Result<(), Error> {
        if shown.as_ref() == self.key {
            Ok(())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(shown.as_ref());
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
    }
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(shown).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for Pin {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(shown).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _shown: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

fn only_tls13() -> Error {
    Error::General("TLS 1.3 only".to_owned())
}

/// Makes what must be the same before and after a restart, each from the reset secret: the tokens
/// of stateless resets (RFC 9000, section 10.3) and the key by which we know our connection ids.
pub(crate) struct ResetKey(Zeroizing<[u8; 32]>);

impl ResetKey {
    pub(crate) fn new(keys: &QuicKeys) -> Self {
        Self(keys.reset.clone())
    }

    /// The key by which a packet to a connection of ours is known, whatever life of ours it had.
    pub(crate) fn connection_ids(&self) -> u64 {
        let tag = self.tag(b"redphone quic connection ids", &[]);
        let (first, _) = tag.split_first_chunk().unwrap_or((&[0; 8], &[]));
        u64::from_be_bytes(*first)
    }

    fn tag(&self, label: &[u8], data: &[u8]) -> Vec<u8> {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) else {
            return Vec::new(); // HMAC takes keys of any length
        };
        let mac = mac.chain_update(label).chain_update(data);
        mac.finalize().into_bytes().to_vec()
    }
}

const RESET_LABEL: &[u8] = b"redphone quic reset";

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        for (to, from) in signature_out.iter_mut().zip(self.tag(RESET_LABEL, data)) {
            *to = from;
        }
    }

    fn signature_len(&self) -> usize {
        32
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) else {
            return Err(CryptoError);
        };
        let mac = mac.chain_update(RESET_LABEL).chain_update(data);
        mac.verify_slice(signature).map_err(|_| CryptoError)
    }
}

#[cfg(test)]
mod tests;
