//! What the pages say, in each language.

use crate::language::Language;

pub(super) struct Texts {
    pub(super) challenge_title: &'static str,
    pub(super) challenge_lead: &'static str,
    pub(super) choose_lead: &'static str,
    pub(super) progress_label: &'static str,
    pub(super) working: &'static str,
    pub(super) progress: &'static str,
    pub(super) done: &'static str,
    pub(super) refused: &'static str,
    pub(super) broken: &'static str,
    pub(super) again: &'static str,
    pub(super) no_script_wait: &'static str,
    pub(super) no_script: &'static str,
    pub(super) afterwards: &'static str,
    pub(super) ways_title: &'static str,
    pub(super) way_human: &'static str,
    pub(super) way_human_more: &'static str,
    pub(super) way_wait: &'static str,
    pub(super) way_wait_more: &'static str,
    pub(super) way_pay: &'static str,
    pub(super) way_pay_more: &'static str,
    pub(super) why_title: &'static str,
    pub(super) why: &'static str,
    pub(super) privacy: &'static str,
    pub(super) rule: &'static str,
    pub(super) wait_title: &'static str,
    pub(super) wait_lead: &'static str,
    pub(super) wait_more: &'static str,
    pub(super) wait_link: &'static str,
    pub(super) human_title: &'static str,
    pub(super) human_lead: &'static str,
    pub(super) human_no_script: &'static str,
    pub(super) preparing: &'static str,
    pub(super) ready: &'static str,
    pub(super) copied: &'static str,
    pub(super) checking: &'static str,
    pub(super) unreadable: &'static str,
    pub(super) human_refused: &'static str,
    pub(super) human_done: &'static str,
    pub(super) spent: &'static str,
    pub(super) insecure: &'static str,
    pub(super) step_request: &'static str,
    pub(super) step_request_more: &'static str,
    pub(super) request_label: &'static str,
    pub(super) copy: &'static str,
    pub(super) step_proof: &'static str,
    pub(super) proof_label: &'static str,
    pub(super) file_label: &'static str,
    pub(super) step_send: &'static str,
    pub(super) send: &'static str,
    pub(super) seen_title: &'static str,
    pub(super) seen: &'static str,
    pub(super) cookies_title: &'static str,
    pub(super) cookies: &'static str,
    pub(super) full_title: &'static str,
    pub(super) full: &'static str,
    pub(super) ticket_title: &'static str,
    pub(super) ticket: &'static str,
    pub(super) gate_title: &'static str,
    pub(super) gate: &'static str,
    /// One and many: seconds, minutes, hours, days.
    units: [(&'static str, &'static str); 4],
}

pub(super) fn of(language: Language) -> &'static Texts {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

impl Texts {
    /// A time as it is said: in its largest unit, rounded up.
    pub(super) fn duration(&self, seconds: u64) -> String {
        let (size, (one, many)) = match seconds {
            0..120 => (1, self.units[0]),
            120..7_200 => (60, self.units[1]),
            7_200..172_800 => (3_600, self.units[2]),
            _ => (86_400, self.units[3]),
        };
        let count = seconds.div_ceil(size);
        format!("{count} {}", if count == 1 { one } else { many })
    }
}

const ENGLISH: Texts = Texts {
    challenge_title: "One moment, please",
    challenge_lead: "Before it shows you this page, {site} makes sure that you are not part of a flood of \
        programs. Your browser does a little arithmetic for that. You need do nothing: the page you asked \
        for opens by itself.",
    choose_lead: "Before it shows you this page, {site} makes sure that you are not part of a flood of programs. \
        Please choose a way in.",
    progress_label: "How much of the arithmetic is done",
    working: "Your browser is at work …",
    progress: "{done} of {all} parts are done.",
    done: "Done. Your page opens now.",
    refused: "This took too long, or was used already. Please try again.",
    broken: "That did not work. Please try again, or choose another way below.",
    again: "Try again",
    no_script_wait: "Without JavaScript there is nothing to compute: you wait a little instead. You are taken \
        there in two seconds; the link is below, too.",
    no_script: "Without JavaScript your browser can't do the arithmetic. Switch it on for this site, or choose \
        another way below.",
    afterwards: "Afterwards you are not asked again for {time}.",
    ways_title: "Other ways in",
    way_human: "Show that you are human.",
    way_human_more: "Once, without saying who you are; then this page stays away.",
    way_wait: "Wait instead.",
    way_wait_more: "No JavaScript is needed.",
    way_pay: "Pay.",
    way_pay_more: "For programs and the impatient: {price}.",
    why_title: "Why is this page here?",
    why: "Programs that collect pages come in such numbers that sites like this one break down under them. A \
        little work for each visitor is hardly noticed by one person, but adds up for whoever sends thousands.",
    privacy: "Nobody else is asked, and nothing about you is stored. You get one cookie that says that you \
        have passed, how, and until when. While it lasts, this site can tell that requests with it belong \
        together.",
    rule: "Asked by the rule “{rule}” of this site.",
    wait_title: "Please wait a little",
    wait_lead: "It is your turn in {time}. The page goes on by itself.",
    wait_more: "Visitors who can't or won't compute come in one after the other, so that a flood stays outside. \
        Keep this page open; nothing else is needed.",
    wait_link: "Go on, if it is time",
    human_title: "Show that you are human",
    human_lead: "A wallet proves that you belong to a group in which each human is listed once. It doesn't say \
        which one you are. In return {site} gives your browser a few tokens: each opens one visit, without \
        a question.",
    human_no_script: "This page needs JavaScript. Without it, go back and wait instead.",
    preparing: "Preparing the request …",
    ready: "The request is ready.",
    copied: "The request is copied.",
    checking: "The proof is being checked …",
    unreadable: "This is not a proof: expected the JSON text that your wallet writes.",
    human_refused: "The proof was refused.",
    human_done: "Done. {left} more visits are saved in this browser.",
    spent: "This link was used before, or is too old.",
    insecure: "This needs a secure connection (https).",
    step_request: "1. Give this request to your wallet",
    step_request_more: "Make a Semaphore proof with exactly this scope and this message. It only counts for \
        this browser and these tokens: a copy is worth nothing to others.",
    request_label: "The request",
    copy: "Copy the request",
    step_proof: "2. Bring the proof back",
    proof_label: "Paste the proof here",
    file_label: "or choose its file",
    step_send: "3. Get your tokens",
    send: "Check the proof and go on",
    seen_title: "What this site learns",
    seen: "That some human of the group got tokens. It can't tell which one, nor which visit came from which \
        proof; only that requests within one visit belong together. The tokens lie in this browser: whoever \
        uses it can use them.",
    cookies_title: "Your browser keeps no cookies",
    cookies: "You have passed, but this site can't remember it: your browser did not return the cookie. Allow \
        cookies for this site and try again.",
    full_title: "The queue is full",
    full: "Too many visitors are waiting. Please come back in a few minutes, or choose another way in.",
    ticket_title: "This ticket doesn't count any more",
    ticket: "It was used already, or its time is over. You get a new one when you try again.",
    gate_title: "Something broke here",
    gate: "It is not your fault. Please try again in a minute.",
    units: [
        ("second", "seconds"),
        ("minute", "minutes"),
        ("hour", "hours"),
        ("day", "days"),
    ],
};

const GERMAN: Texts = Texts {
    challenge_title: "Einen Moment, bitte",
    challenge_lead: "Bevor {site} diese Seite zeigt, wird geprüft, dass Sie nicht Teil einer Flut von \
        Programmen sind. Ihr Browser rechnet dafür ein wenig. Sie müssen nichts tun: Die gewünschte Seite \
        öffnet sich von selbst.",
    choose_lead: "Bevor {site} diese Seite zeigt, wird geprüft, dass Sie nicht Teil einer Flut von Programmen sind. \
        Bitte wählen Sie einen Weg hinein.",
    progress_label: "Wie viel schon gerechnet ist",
    working: "Ihr Browser rechnet …",
    progress: "{done} von {all} Teilen sind fertig.",
    done: "Fertig. Ihre Seite öffnet sich jetzt.",
    refused: "Das hat zu lange gedauert oder wurde schon benutzt. Bitte versuchen Sie es noch einmal.",
    broken: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal oder wählen Sie unten einen anderen Weg.",
    again: "Noch einmal versuchen",
    no_script_wait: "Ohne JavaScript gibt es nichts zu rechnen: Sie warten stattdessen kurz. In zwei Sekunden geht \
        es dorthin; der Link steht auch unten.",
    no_script: "Ohne JavaScript kann Ihr Browser nicht rechnen. Schalten Sie es für diese Seite ein oder wählen \
        Sie unten einen anderen Weg.",
    afterwards: "Danach werden Sie {time} lang nicht wieder gefragt.",
    ways_title: "Andere Wege hinein",
    way_human: "Zeigen, dass Sie ein Mensch sind.",
    way_human_more: "Einmal, ohne zu sagen, wer Sie sind; danach bleibt diese Seite weg.",
    way_wait: "Stattdessen warten.",
    way_wait_more: "Das geht ohne JavaScript.",
    way_pay: "Bezahlen.",
    way_pay_more: "Für Programme und Eilige: {price}.",
    why_title: "Warum gibt es diese Seite?",
    why: "Programme, die Seiten einsammeln, kommen in solcher Zahl, dass Angebote wie dieses unter ihnen \
        zusammenbrechen. Ein wenig Arbeit je Besuch bemerkt ein Mensch kaum; wer Tausende schickt, spürt sie.",
    privacy: "Niemand sonst wird gefragt, und nichts über Sie wird gespeichert. Sie bekommen ein Cookie, in dem \
        steht, dass Sie durch sind, wie, und bis wann. Solange es gilt, kann diese Seite erkennen, dass Anfragen \
        damit zusammengehören.",
    rule: "Gefragt hat die Regel „{rule}“ dieser Seite.",
    wait_title: "Bitte warten Sie kurz",
    wait_lead: "Sie sind in {time} an der Reihe. Die Seite geht von selbst weiter.",
    wait_more: "Wer nicht rechnen kann oder will, kommt nacheinander herein, damit eine Flut draußen bleibt. Lassen \
        Sie diese Seite offen; mehr ist nicht nötig.",
    wait_link: "Weiter, wenn es so weit ist",
    human_title: "Zeigen, dass Sie ein Mensch sind",
    human_lead: "Eine Wallet beweist, dass Sie zu einer Gruppe gehören, in der jeder Mensch einmal steht. Sie sagt \
        nicht, welcher Sie sind. Dafür gibt {site} Ihrem Browser ein paar Marken: Jede öffnet einen Besuch, \
        ohne Nachfrage.",
    human_no_script: "Diese Seite braucht JavaScript. Ohne geht es so: Gehen Sie zurück und warten Sie stattdessen.",
    preparing: "Die Anfrage wird vorbereitet …",
    ready: "Die Anfrage ist fertig.",
    copied: "Die Anfrage ist kopiert.",
    checking: "Der Beweis wird geprüft …",
    unreadable: "Das ist kein Beweis: Erwartet wird der JSON-Text, den Ihre Wallet schreibt.",
    human_refused: "Der Beweis wurde abgelehnt.",
    human_done: "Fertig. {left} weitere Besuche sind in diesem Browser gespeichert.",
    spent: "Dieser Link wurde schon benutzt oder ist zu alt.",
    insecure: "Dafür braucht es eine sichere Verbindung (https).",
    step_request: "1. Geben Sie diese Anfrage Ihrer Wallet",
    step_request_more: "Erzeugen Sie einen Semaphore-Beweis mit genau diesem „scope“ und dieser „message“. Er gilt \
        nur für diesen Browser und diese Marken: Eine Kopie nützt anderen nichts.",
    request_label: "Die Anfrage",
    copy: "Anfrage kopieren",
    step_proof: "2. Bringen Sie den Beweis zurück",
    proof_label: "Fügen Sie den Beweis hier ein",
    file_label: "oder wählen Sie seine Datei",
    step_send: "3. Holen Sie Ihre Marken",
    send: "Beweis prüfen und weiter",
    seen_title: "Was diese Seite erfährt",
    seen: "Dass irgendein Mensch der Gruppe Marken bekommen hat. Sie kann nicht erkennen, welcher, und nicht, \
        welcher Besuch aus welchem Beweis stammt; nur, dass Anfragen eines Besuchs zusammengehören. Die Marken \
        liegen in diesem Browser: Wer ihn benutzt, kann sie benutzen.",
    cookies_title: "Ihr Browser behält keine Cookies",
    cookies: "Sie sind durch, aber diese Seite kann es sich nicht merken: Ihr Browser hat das Cookie nicht \
        zurückgegeben. Erlauben Sie Cookies für diese Seite und versuchen Sie es noch einmal.",
    full_title: "Die Schlange ist voll",
    full: "Zu viele Besucher warten. Bitte kommen Sie in ein paar Minuten wieder oder wählen Sie einen anderen Weg.",
    ticket_title: "Dieses Ticket gilt nicht mehr",
    ticket: "Es wurde schon benutzt, oder seine Zeit ist vorbei. Beim nächsten Versuch bekommen Sie ein neues.",
    gate_title: "Hier ist etwas kaputt",
    gate: "Es liegt nicht an Ihnen. Bitte versuchen Sie es in einer Minute noch einmal.",
    units: [
        ("Sekunde", "Sekunden"),
        ("Minute", "Minuten"),
        ("Stunde", "Stunden"),
        ("Tag", "Tage"),
    ],
};
