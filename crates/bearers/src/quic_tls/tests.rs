//! What is offered, whose key is believed, and what outlives a restart.

use super::*;

#[test]
fn seed_makes_the_key_of_rfc_8032() {
    // RFC 8032, section 7.1, test 1.
    let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let (_, shown) = raw_key(&seed.try_into().unwrap()).unwrap();
    assert!(shown.ends_with(&public));
    assert_eq!(shown.len(), 44);
}

#[test]
fn same_key_for_both_directions_is_refused() {
    assert!(matches!(Tls::new(&keys(1, 1)), Err(StartError::BadKeys(_))));
    assert!(Tls::new(&keys(1, 2)).is_ok());
}

#[test]
fn only_the_post_quantum_group_and_tls_13_are_offered() {
    let provider = provider();
    let groups: Vec<_> = provider
        .kx_groups
        .iter()
        .map(|group| group.name())
        .collect();
    assert_eq!(groups, [rustls::NamedGroup::X25519MLKEM768]);
    for suite in provider.cipher_suites {
        assert_eq!(suite.version(), &version::TLS13);
    }
}

#[tokio::test]
async fn handshake_with_any_other_group_fails() {
    let classical = CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519],
        ..provider()
    };
    assert!(handshake(provider(), provider()).await.is_ok());
    assert!(handshake(classical.clone(), provider()).await.is_err());
    assert!(handshake(provider(), classical).await.is_err());
}

/// What the side that dials says of a handshake between two sides with these providers.
async fn handshake(
    dials: CryptoProvider,
    accepts: CryptoProvider,
) -> Result<(), quinn::ConnectionError> {
    let server = Tls::with(&keys(2, 1), Arc::new(accepts)).unwrap().server;
    let client = Tls::with(&keys(1, 2), Arc::new(dials)).unwrap().client;
    let any = "127.0.0.1:0".parse().unwrap();
    let server = quinn::ServerConfig::with_crypto(server);
    let server = quinn::Endpoint::server(server, any).unwrap();
    let at = server.local_addr().unwrap();
    tokio::spawn(async move { server.accept().await.unwrap().await });
    let endpoint = quinn::Endpoint::client(any).unwrap();
    let client = quinn::ClientConfig::new(client);
    let dialling = endpoint.connect_with(client, at, "redphone").unwrap();
    dialling.await.map(|_| ())
}

#[test]
fn reset_tokens_are_the_same_after_a_restart_and_checked() {
    let (before, after) = (ResetKey::new(&keys(1, 2)), ResetKey::new(&keys(1, 2)));
    let (mut first, mut second) = ([0; 32], [0; 32]);
    before.sign(b"connection", &mut first);
    after.sign(b"connection", &mut second);
    assert_eq!(first, second);
    assert_eq!(before.connection_ids(), after.connection_ids());
    assert!(after.verify(b"connection", &first).is_ok());
    assert!(after.verify(b"another", &first).is_err());
}

#[test]
fn debug_hides_keys() {
    assert_eq!(format!("{:?}", keys(1, 2)), "QuicKeys(..)");
}

fn keys(ours: u8, theirs: u8) -> QuicKeys {
    QuicKeys {
        ours: Zeroizing::new([ours; 32]),
        theirs: Zeroizing::new([theirs; 32]),
        reset: Zeroizing::new([9; 32]),
    }
}

fn hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
