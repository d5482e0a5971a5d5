//! People, issuers and groups to test with; joining, rotating, recovering, revoking.

use lilliput_crypto::{Digest, SecretKey};
use lilliput_modules::identity::{CHANGES_MAX, query};
use lilliput_types::identity::{
    AddIssuer, App, AppId, ChangeCause, Evidence, Group, GroupId, GroupTerms, IdentityMessage,
    IssuerId, IssuerKind, IssuerWeight, Join, OpenApp, OpenGroup, Recover, Revoke, Rotate, Seat,
    Voucher, voucher_bytes,
};
use lilliput_types::{
    AccountKey, AccountSignature, Amount, ChainId, Commitment, DurationMs, List, Message, Receipt,
    Text, TimeMs,
};

use crate::world::{World, address, asset, secret};

pub(crate) const PERIOD_MS: u64 = 100_000;
pub(crate) const WINDOW_MS: u64 = 30_000;
pub(crate) const FEE: u128 = 70_000;
pub(crate) const GROUP: GroupId = GroupId(1);
pub(crate) const APP: AppId = AppId(1);
pub(crate) const FIRST: IssuerId = IssuerId(1);
pub(crate) const SECOND: IssuerId = IssuerId(2);
/// Owns both issuers, the group and the apps.
pub(crate) const OWNER: u8 = 0;

pub(crate) type Told = Result<Receipt, String>;

/// A network with two issuers, a group and two apps of it.
pub(crate) struct People {
    pub(crate) world: World,
}

pub(crate) fn issuer_key(issuer: IssuerId) -> SecretKey {
    secret(100 + issuer.0 as u8)
}

pub(crate) fn subject(number: u64) -> Digest {
    let mut bytes = [9; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Digest(bytes)
}

/// A commitment that nobody knows a secret of.
pub(crate) fn commitment(number: u64) -> Commitment {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    Commitment(Digest(bytes))
}

pub(crate) fn terms(threshold: u32) -> GroupTerms {
    GroupTerms {
        period_ms: DurationMs(PERIOD_MS),
        root_window_ms: DurationMs(WINDOW_MS),
        threshold,
    }
}

impl People {
    /// Either issuer's word makes a member.
    pub(crate) fn new() -> Self {
        Self::with_threshold(10)
    }

    /// Both issuers weigh 10.
    pub(crate) fn with_threshold(threshold: u32) -> Self {
        let mut world = World::empty();
        world.chain = ChainId(Digest([7; 32]));
        let mut people = Self { world };
        for issuer in [FIRST, SECOND] {
            let message = IdentityMessage::AddIssuer(AddIssuer {
                name: Text::new("town hall").unwrap(),
                terms: Text::new("a passport, in person").unwrap(),
                kind: IssuerKind::Vouching {
                    key: AccountKey::from(&issuer_key(issuer)),
                },
                fee: Amount(FEE),
            });
            people.act(OWNER, message).unwrap();
        }
        let weight = |issuer| IssuerWeight { issuer, weight: 10 };
        let message = IdentityMessage::OpenGroup(OpenGroup {
            name: Text::new("humans").unwrap(),
            terms: terms(threshold),
            weights: List::new(vec![weight(FIRST), weight(SECOND)]).unwrap(),
        });
        people.act(OWNER, message).unwrap();
        for _ in 0..2 {
            let message = IdentityMessage::OpenApp(OpenApp {
                group: GROUP,
                name: Text::new("a forum").unwrap(),
            });
            people.act(OWNER, message).unwrap();
        }
        people
    }

    pub(crate) fn act(&mut self, signer: u8, message: IdentityMessage) -> Told {
        self.world.act(signer, Message::Identity(message))
    }

    /// A good voucher of an issuer for an account.
    pub(crate) fn voucher(&self, issuer: IssuerId, account: u8, subject: Digest) -> Voucher {
        let now = self.world.time.0;
        let mut voucher = Voucher {
            issuer,
            subject,
            issued_at: TimeMs(now),
            expires_at: TimeMs(now + 10_000),
            signature: AccountSignature::Ed25519(secret(1).sign(b"")),
        };
        self.sign(&mut voucher, account);
        voucher
    }

    pub(crate) fn sign(&self, voucher: &mut Voucher, account: u8) {
        let bytes = voucher_bytes(self.world.chain, GROUP, address(account), voucher);
        let key = issuer_key(voucher.issuer);
        voucher.signature = AccountSignature::Ed25519(key.sign(&bytes));
    }

    /// Joins by the word of the first issuer; the account's number is its subject's.
    pub(crate) fn join(&mut self, account: u8, commitment: Commitment) -> Told {
        let voucher = self.voucher(FIRST, account, subject(u64::from(account)));
        self.join_with(account, commitment, &[voucher])
    }

    pub(crate) fn join_with(&mut self, account: u8, of: Commitment, with: &[Voucher]) -> Told {
        let message = IdentityMessage::Join(Join {
            group: GROUP,
            commitment: of,
            evidence: evidence(with),
        });
        self.act(account, message)
    }

    pub(crate) fn recover(&mut self, account: u8, of: Commitment, with: &[Voucher]) -> Told {
        let message = IdentityMessage::Recover(Recover {
            group: GROUP,
            commitment: of,
            evidence: evidence(with),
        });
        self.act(account, message)
    }

    pub(crate) fn rotate(&mut self, account: u8, commitment: Commitment) -> Told {
        let group = GROUP;
        self.act(
            account,
            IdentityMessage::Rotate(Rotate { group, commitment }),
        )
    }

    pub(crate) fn revoke(&mut self, signer: u8, issuer: IssuerId, subject: Digest) -> Told {
        let message = IdentityMessage::Revoke(Revoke {
            group: GROUP,
            issuer,
            subject,
        });
        self.act(signer, message)
    }

    pub(crate) fn group(&self) -> Group {
        query::group(&self.world.state, GROUP).unwrap().unwrap()
    }

    pub(crate) fn app(&self, id: AppId) -> App {
        query::app(&self.world.state, id).unwrap().unwrap()
    }

    pub(crate) fn seats(&self) -> Vec<Seat> {
        query::seats(&self.world.state, GROUP, None, usize::MAX).unwrap()
    }

    pub(crate) fn seat(&self, account: u8) -> Option<Seat> {
        query::seat(&self.world.state, GROUP, address(account)).unwrap()
    }

    /// Lets time pass until the next period has begun and its block's end is over.
    pub(crate) fn next_period(&mut self) {
        let group = self.group();
        let next = group.begins(group.period(self.world.time) + 1);
        let wait = next.0 - self.world.time.0;
        self.world.wait(wait);
    }
}

fn evidence(vouchers: &[Voucher]) -> List<Evidence, 4> {
    let pieces = vouchers.iter().map(|voucher| Evidence::Voucher(*voucher));
    List::new(pieces.collect()).unwrap()
}

#[test]
fn a_member_joins_at_once_and_its_issuer_is_paid() {
    let mut people = People::new();
    let before = people.world.held(address(OWNER), "USDX");
    people.join(1, commitment(1)).unwrap();
    assert_eq!(people.world.held(address(OWNER), "USDX"), before + FEE);
    let group = people.group();
    assert_eq!((group.size, group.members), (1, 1));
    // The root of one member is the member.
    assert_eq!(group.root.0, commitment(1).0);
    assert!(group.takes(group.root, people.world.time));
    let seat = people.seat(1).unwrap();
    assert_eq!(seat.commitment, Some(commitment(1)));
    assert_eq!((seat.weight(), seat.next), (10, None));
}

#[test]
fn fees_of_messages_and_issuers_are_booked_to_identity() {
    use lilliput_modules::bank::query::revenue;
    use lilliput_types::Segment;
    let mut people = People::new();
    let booked = |people: &People, of: &str| {
        let all = revenue(&people.world.state, asset(of)).unwrap();
        let mut found = all.into_iter();
        let (_, booked) = found
            .find(|(segment, _)| *segment == Segment::Identity)
            .unwrap();
        booked
    };
    let before = booked(&people, "LIL").network.0;
    people.join(1, commitment(1)).unwrap();
    // A message, its one KiB begun, and four more for its hashes.
    assert_eq!(booked(&people, "LIL").network.0, before + 1_000 + 500);
    assert_eq!(booked(&people, "USDX").participants.0, FEE);
}

#[test]
fn a_rotated_commitment_enters_as_the_old_one_leaves() {
    let mut people = People::new();
    for account in 1..4 {
        people
            .join(account, commitment(u64::from(account)))
            .unwrap();
    }
    let before = people.group();
    people.rotate(2, commitment(12)).unwrap();
    let waiting = people.group();
    assert_eq!(waiting.root, before.root);
    assert_eq!((waiting.waiting, waiting.due), (1, Some(before.begins(1))));
    let next = people.seat(2).unwrap().next.unwrap();
    assert_eq!((next.period, next.cause), (1, ChangeCause::Rotated));
    // Asked again, the last word counts.
    people.rotate(2, commitment(13)).unwrap();
    assert_eq!(people.group().waiting, 1);
    people.next_period();
    let group = people.group();
    let seat = people.seat(2).unwrap();
    assert_eq!((seat.index, seat.commitment), (1, Some(commitment(13))));
    assert_eq!((group.waiting, group.due, group.members), (0, None, 3));
    assert_ne!(group.root, before.root);
    // The old root holds what isn't there any more.
    assert!(!group.takes(before.root, people.world.time));
    assert!(group.takes(group.root, people.world.time));
}

#[test]
fn a_replaced_root_is_taken_for_the_window_and_no_longer() {
    let mut people = People::new();
    people.join(1, commitment(1)).unwrap();
    let first = people.group().root;
    people.join(2, commitment(2)).unwrap();
    let now = people.world.time;
    let group = people.group();
    assert!(group.takes(first, now.after(DurationMs(WINDOW_MS - 1))));
    assert!(!group.takes(first, now.after(DurationMs(WINDOW_MS))));
    assert!(group.takes(group.root, now.after(DurationMs(WINDOW_MS))));
}

#[test]
fn an_empty_group_takes_no_root() {
    let people = People::new();
    let group = people.group();
    assert!(!group.takes(group.root, people.world.time));
}

#[test]
fn who_is_revoked_is_out_at_once_and_comes_back_in_the_next_period() {
    let mut people = People::new();
    people.join(1, commitment(1)).unwrap();
    people.join(2, commitment(2)).unwrap();
    let with = people.group().root;
    people.rotate(1, commitment(11)).unwrap();
    assert_eq!(
        people.revoke(3, FIRST, subject(1)),
        Err("identity.not_issuer".to_owned())
    );
    people.revoke(OWNER, FIRST, subject(1)).unwrap();
    let group = people.group();
    assert!(!group.takes(with, people.world.time));
    assert_eq!((group.members, group.size), (1, 2));
    // What waited waits no longer.
    assert_eq!((group.waiting, group.due), (0, None));
    assert_eq!(people.seat(1).unwrap().commitment, None);
    assert_eq!(
        people.rotate(1, commitment(12)),
        Err("identity.threshold".to_owned())
    );
    assert_eq!(
        people.revoke(OWNER, FIRST, subject(1)),
        Err("identity.evidence".to_owned())
    );
    people.world.wait(5);
    let voucher = people.voucher(FIRST, 1, subject(1));
    people.recover(1, commitment(12), &[voucher]).unwrap();
    assert_eq!(people.seat(1).unwrap().commitment, None);
    people.next_period();
    assert_eq!(people.seat(1).unwrap().commitment, Some(commitment(12)));
    assert_eq!(people.group().members, 2);
}

#[test]
fn a_seat_is_recovered_by_another_account() {
    let mut people = People::new();
    people.join(1, commitment(1)).unwrap();
    people.world.wait(5);
    let voucher = people.voucher(FIRST, 2, subject(1));
    people.recover(2, commitment(2), &[voucher]).unwrap();
    // At once it is the new account's; whoever has the old key can do nothing with it.
    assert_eq!(people.seat(1), None);
    assert_eq!(
        people.rotate(1, commitment(3)),
        Err("identity.no_seat".to_owned())
    );
    // Until the period is over the old commitment is the member's.
    assert_eq!(people.seat(2).unwrap().commitment, Some(commitment(1)));
    assert_eq!(
        people.rotate(2, commitment(3)),
        Err("identity.recovering".to_owned())
    );
    people.next_period();
    let seat = people.seat(2).unwrap();
    assert_eq!((seat.index, seat.commitment), (0, Some(commitment(2))));
    people.rotate(2, commitment(3)).unwrap();
}

#[test]
fn two_issuers_are_needed_where_the_threshold_says_so() {
    let mut people = People::with_threshold(20);
    assert_eq!(
        people.join(1, commitment(1)),
        Err("identity.threshold".to_owned())
    );
    let both = [
        people.voucher(FIRST, 1, subject(1)),
        people.voucher(SECOND, 1, subject(91)),
    ];
    people.join_with(1, commitment(1), &both).unwrap();
    assert_eq!(people.seat(1).unwrap().weight(), 20);
    people.world.wait(5);
    // One of them alone can't take the seat over, but either can take its word back.
    let one = people.voucher(FIRST, 2, subject(1));
    assert_eq!(
        people.recover(2, commitment(2), &[one]),
        Err("identity.threshold".to_owned())
    );
    people.revoke(OWNER, SECOND, subject(91)).unwrap();
    assert_eq!(people.group().members, 0);
}

#[test]
fn more_changes_than_a_block_makes_keep_the_group_closed_until_all_are_made() {
    let mut people = People::new();
    let many = CHANGES_MAX as u64 + 3;
    people.world.watched = false;
    let accounts: Vec<u64> = (0..many).collect();
    // Seats need accounts: keys of these numbers, each with a little money.
    for number in &accounts {
        let account = key(*number);
        people.world.give(&account, 1_000_000);
        let voucher = people.voucher_for(&account, subject(1_000 + number));
        let message = IdentityMessage::Join(Join {
            group: GROUP,
            commitment: commitment(1_000 + number),
            evidence: evidence(&[voucher]),
        });
        people
            .world
            .act_as(&account, Message::Identity(message))
            .unwrap();
    }
    for number in &accounts {
        let message = IdentityMessage::Rotate(Rotate {
            group: GROUP,
            commitment: commitment(5_000 + number),
        });
        people
            .world
            .act_as(&key(*number), Message::Identity(message))
            .unwrap();
    }
    people.world.watched = true;
    assert_eq!(u64::from(people.group().waiting), many);
    people.next_period();
    let (half, now) = (people.group(), people.world.time);
    assert_eq!(u64::from(half.waiting), many - CHANGES_MAX as u64);
    assert!(half.due.is_some());
    assert!(!half.takes(half.root, now));
    people.world.wait(1);
    let whole = people.group();
    assert_eq!((whole.waiting, whole.due), (0, None));
    assert!(whole.takes(whole.root, people.world.time));
}

fn key(number: u64) -> SecretKey {
    let mut seed = [77; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_seed(seed)
}

impl People {
    fn voucher_for(&self, account: &SecretKey, subject: Digest) -> Voucher {
        let mut voucher = self.voucher(FIRST, 1, subject);
        let account = AccountKey::from(account).address();
        let bytes = voucher_bytes(self.world.chain, GROUP, account, &voucher);
        voucher.signature = AccountSignature::Ed25519(issuer_key(FIRST).sign(&bytes));
        voucher
    }
}
