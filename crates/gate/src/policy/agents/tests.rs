use super::*;

#[test]
fn every_listed_agent_has_a_source_and_a_token_of_its_own() {
    for agent in known() {
        assert!(agent.source.starts_with("https://"), "{}", agent.name);
        assert_eq!(agent.token, agent.token.to_ascii_lowercase());
        assert_eq!(named_in(&agent.token).unwrap().name, agent.name);
        assert!(agent.class != Class::Unknown);
    }
    assert!(known().len() > 20);
}

#[test]
fn an_agent_is_known_by_its_header_and_its_network() {
    let header = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let agent = named_in(header).unwrap();
    assert_eq!(
        (agent.name.as_str(), agent.class),
        ("Googlebot", Class::Search)
    );
    assert!(agent.comes_from("66.249.66.1".parse().unwrap()));
    assert!(!agent.comes_from("203.0.113.9".parse().unwrap()));
    assert!(named_in("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0").is_none());
}
