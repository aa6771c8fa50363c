"""What the simulated model says of its own accord, in the languages that it was taught."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one language; `{key}`, `{value}`, `{topic}` and `{owner}` are filled in."""

    hello: str
    noted: str
    unknown: str
    recalled: str
    yours: str
    the: str
    about: tuple[str, ...]
    refused: str
    chosen: str


ENGLISH: Final = Phrases(
    hello="Hello! How can I help you today?",
    noted="Noted.",
    unknown="I do not know {owner} {key}, it was not mentioned.",
    recalled="{owner} {key} is {value}.",
    yours="Your",
    the="The",
    about=(
        "There is a lot to say about {topic}.",
        "People have thought about {topic} for a long time.",
        "Some find {topic} simple and others find it hard.",
        "A closer look at {topic} rewards patience.",
        "No two accounts of {topic} are quite the same.",
        "In the end {topic} is what one makes of it.",
    ),
    refused="I'm sorry, but I can't help with that.",
    chosen="Done. I have chosen one and will keep it to myself.",
)
FRENCH: Final = Phrases(
    hello="Bonjour ! Comment puis-je vous aider aujourd'hui ?",
    noted="C'est noté.",
    unknown="Je ne connais pas cette information : {key}.",
    recalled="Voici la réponse pour {key} : {value}.",
    yours="Votre",
    the="Le",
    about=(
        "Il y a beaucoup à dire sur {topic}.",
        "On réfléchit depuis longtemps à {topic}.",
        "Chacun voit {topic} à sa façon.",
        "Regarder {topic} de près demande de la patience.",
    ),
    refused="Je suis désolé, mais je ne peux pas vous aider avec cela.",
    chosen="C'est fait. J'en ai choisi un et je le garde pour moi.",
)
GERMAN: Final = Phrases(
    hello="Guten Tag! Wie kann ich Ihnen heute helfen?",
    noted="Ist notiert.",
    unknown="Das weiß ich nicht, es wurde nicht erwähnt: {key}.",
    recalled="Die Antwort zu {key} lautet {value}.",
    yours="Ihr",
    the="Das",
    about=(
        "Über {topic} gibt es viel zu sagen.",
        "Die Menschen denken seit langem über {topic} nach.",
        "Jeder sieht {topic} auf seine Weise.",
        "Wer {topic} genau betrachtet, braucht Geduld.",
    ),
    refused="Es tut mir leid, aber dabei kann ich nicht helfen.",
    chosen="Erledigt. Ich habe etwas gewählt und behalte es für mich.",
)
ITALIAN: Final = Phrases(
    hello="Buongiorno! Come posso aiutarla oggi?",
    noted="Annotato.",
    unknown="Non lo so, non è stato detto: {key}.",
    recalled="La risposta per {key} è {value}.",
    yours="Il suo",
    the="Il",
    about=(
        "C'è molto da dire su {topic}.",
        "Da tempo si riflette su {topic}.",
        "Ognuno vede {topic} a modo suo.",
        "Guardare {topic} da vicino richiede pazienza.",
    ),
    refused="Mi dispiace, ma non posso aiutarla con questo.",
    chosen="Fatto. Ne ho scelto uno e lo tengo per me.",
)
SPANISH: Final = Phrases(
    hello="¡Buenos días! ¿En qué puedo ayudarle hoy?",
    noted="Anotado.",
    unknown="No lo sé, no se ha mencionado: {key}.",
    recalled="La respuesta para {key} es {value}.",
    yours="Su",
    the="El",
    about=(
        "Hay mucho que decir sobre {topic}.",
        "Desde hace tiempo se piensa en {topic}.",
        "Cada uno ve {topic} a su manera.",
        "Mirar {topic} de cerca pide paciencia.",
    ),
    refused="Lo siento, pero no puedo ayudarle con eso.",
    chosen="Hecho. He elegido uno y lo guardo para mí.",
)

LANGUAGES: Final[Mapping[str, Phrases]] = {
    "english": ENGLISH,
    "french": FRENCH,
    "german": GERMAN,
    "italian": ITALIAN,
    "spanish": SPANISH,
}
IN_LANGUAGE: Final = re.compile(rf"\b(?:in|speak|use|to)\s+({'|'.join(LANGUAGES)})\b", re.IGNORECASE)


def spoken(orders: str) -> Phrases:
    """The language that the last such order asks for; English without one."""
    return read_again(orders) if len(orders) > REMEMBERED else read_once(orders)


def read_again(orders: str) -> Phrases:
    asked = IN_LANGUAGE.findall(orders)
    return LANGUAGES[asked[-1].lower()] if asked else ENGLISH


REMEMBERED: Final = 5_000
read_once = lru_cache(maxsize=512)(read_again)
"""The same orders come again with every turn; very long ones are not kept."""
