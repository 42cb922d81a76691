"""Words by which a text betrays, promises, charges or pretends something, in each language.

Each is a regular expression, compared without case. What betrays a practice, and what ends a message for
a mail program, is looked for in every language at once; the rest in the language of the text, since an
innocent word of one is another's price ("pays" is French for a country).
"""

import re
from collections.abc import Mapping

#: What betrays what kind of practice this is.
_TELLING = {
    "en": r"therap|psych|counsel|\bpracti[cs]e|\bclinic|\bsessions?\b|\bclients?\b"
    r"|\bpatients\b|\b(?:a|my|our|the) patient\b"
    r"|suicid|\bcris[ei]s\b|depress|\bmental|\btreatment|\bdiagnos|\bdisorder",
    "es": r"terap|\bpsic|\bpsiqui|\bsesi[oó]n|\b(?:mi|la|una|su|nuestra|en) consulta\b|\bconsultas\b"
    r"|\bconsultorio|\bcl[ií]nic|\bclientes?\b|\bpacientes\b|depres|\btratamiento|\btrastorno"
    r"|\b(?:un|una|mi|nuestro|nuestra|el|la|su) paciente\b",
    "fr": r"thérap|\bséances?\b|\bcabinet|\bconsultation|\bcliniq|\bpatiente?s\b|\bclientes?\b"
    r"|\b(?:un|une|mon|ma|mes|le|la|les|notre|nos|votre|vos) patiente?\b|dépress|déprim|\btraitement",
    "de": r"\bpraxis|praxis\b|\bsitzung|sitzung(?:en)?\b|\bklient|\bpatient(?:in|innen|en)\b|beratung|\bklinik"
    r"|\bbehandlung|\bsprechstunde|\bkrisen?\b|seelsorge|\bsuizid|\bselbstmord",
}
#: What speaks of money.
_FEE = {
    "en": r"\b(?:fees?|charg\w*|costs?|pric\w*|pay\w*|paid|invoic\w*|bill(?:s|ed|ing)?|rates?|discount\w*)\b",
    "es": r"\b(?:honorarios?|tarifas?|cobr\w*|coste?s?|cuesta\w*|costar\w*|precios?"
    r"|pag(?:o|os|ar\w*|ue\w*|a|as|an)|factur\w*|descuentos?|importes?|euros?|dólar(?:es)?|pesos?)\b",
    "fr": r"\b(?:honoraires?|tarifs?|factur\w*|coût\w*|prix|pay(?:er|ez|é|ée|ant|ante|ants|antes|ement\w*)|paie\w*"
    r"|rembours\w*|remises?|montants?|euros?|dollars?|frais)\b",
    "de": r"\b(?:honorar\w*|gebühr\w*|kosten\w*|kostet\w*|preis\w*|zahl(?:en|t|ung\w*)|bezahl\w*|rechnung\w*"
    r"|berechne\w*|rabatt\w*|tarif\w*|betrag|beträge|euro|franken)\b",
}
#: What offers or promises something.
_PROMISE = {
    "en": r"\b(?:i|we)(?:'ll|’ll| will| can| shall) (?:\w+ ){0,3}?"
    r"(?:answer|reply|respond|call|ring|phone|contact|write|get back|be in touch)"
    r"|\b(?:offer|promise|guarantee)\w*",
    "es": r"\b(?:responder|contestar|llamar|escribir|contactar)(?:é|emos)\b"
    r"|\b(?:me|nos) pon(?:dré|dremos|go) en contacto\b"
    r"|\b(?:puedo|podemos|voy a|vamos a) (?:\w+ ){0,3}?(?:responder|contestar|llamar|escribir|contactar)"
    r"|\bofre[cz]\w*|\bpromet\w*|\bpromesas?\b|\bgarant\w*",
    "fr": r"\b(?:répondr|rappeller|appeller|écrir|contacter|recontacter)(?:ai|ons)\b"
    r"|\b(?:peux|pouvons|vais|allons) (?:\w+ ){0,3}?(?:répondre|rappeler|appeler|écrire|contacter|recontacter)"
    r"|\boffr(?:e|es|ons|ir\w*|ez)\b|\bpropos(?:e|ons)\b|\bpromets\b|\bpromettons\b|\bpromesses?\b|\bgaranti\w*",
    "de": r"\b(?:ich|wir) (?:antworte|beantworte|rufe|melde|schreibe|kontaktiere)n?\b"
    r"|\b(?:antworte|rufe|melde|schreibe|kontaktiere)n? (?:ich|wir)\b"
    r"|\b(?:werden?|kann|können) (?:[\wäöü]+ ){0,5}?(?:antworten|beantworten|anrufen|zurückrufen|melden|schreiben)\b"
    r"|\b(?:biete|bieten|verspreche|versprechen|garantiere|garantieren|garantiert|angebot)\b",
}
#: What says that somebody watches, unless the sentence denies it.
_WATCHING = {
    "en": r"\b(?:monitor|watch|supervis)\w*",
    "es": r"\b(?:supervis|vigil|monitor|atend(?:id|em)|atiend)\w*",
    "fr": r"\b(?:surveill|supervis|monitor)\w*",
    "de": r"(?:\büberwach|\bbeobacht|\bbeaufsichtig)\w*",
}
_NEGATION = {
    "en": r"\b(?:not|no|never|nobody|nor)\b|n['’]t\b",
    "es": r"\b(?:no|ni|nunca|nadie|tampoco|sin)\b",
    "fr": r"\b(?:ne|ni|pas|jamais|personne|sans)\b|\bn['’]",
    "de": r"\b(?:nicht|nie|niemals|niemand|kein\w*|weder)\b",
}
#: What mail clients take as the end of a message, and fold away with everything below it.
_FOLDS = {
    "": r"^\s*(?:>|[-_=*]{2,}\s*$)",
    "en": r"^\s*[-_]{2,}.*(?:original|forwarded) message|\b(?:wrote|writes)\s*:\s*$"
    r"|^\s*(?:from|sent|on)\s*:.*$|^\s*sent from my\b",
    "es": r"^\s*[-_]{2,}.*mensaje (?:original|reenviado)|\bescribió\s*:\s*$"
    r"|^\s*(?:de|enviado(?: el)?)\s*:.*$|^\s*enviado desde mi\b",
    "fr": r"^\s*[-_]{2,}.*message (?:d['’]origine|transféré)|\b(?:a écrit|écrivait)\s*:\s*$"
    r"|^\s*(?:de|envoyé(?: le)?)\s*:.*$|^\s*envoyé (?:de|depuis) mon\b",
    "de": r"^\s*[-_]{2,}.*(?:ursprüngliche|weitergeleitete) nachricht|\bschrieb(?:en)?\s*:\s*$"
    r"|^\s*(?:von|gesendet)\s*:.*$|^\s*von meinem .* gesendet\b",
}

_FLAGS = re.IGNORECASE | re.MULTILINE


def _each(words: Mapping[str, str], always: str = "") -> Mapping[str, re.Pattern[str]]:
    """One expression for each language, `always` with each."""
    return {language: re.compile(always + expression, _FLAGS) for language, expression in words.items()}


TELLING = re.compile("|".join(_TELLING.values()), _FLAGS)
FOLDS = re.compile("|".join(_FOLDS.values()), _FLAGS)
FEE = _each(_FEE, always="[$€£¥]|")
PROMISE = _each(_PROMISE)
WATCHING = _each(_WATCHING)
NEGATION = _each(_NEGATION)
