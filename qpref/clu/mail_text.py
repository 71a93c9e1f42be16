"""Extract what a person wrote in a reply: without quotations, signature or footers.

The shapes are those of the programs that people use: Outlook (of Windows, of the web, of phones),
Gmail, Thunderbird, Apple Mail and iPhone, Zimbra, the French webmails, Samsung. A person who
answers between the lines of what is quoted is read too.
"""

import email
import email.policy
import html
import re
from email.message import EmailMessage

_QUOTED = re.compile(r"^\s*[>|]")
# A line that begins what another message said, whatever comes after it.
_BEFORE = re.compile(
    r"""^\s*(
      -{2,}\s*(message\s+d.origine|original\s+message|mail\s+original|courriel\s+original
        |message\s+original|message\s+transf|forwarded|e-mail\s+d.origine).*
      |_{10,}
      |(de|from)\s?:\s.*[<@\[].*
      |message\s+du\s+\d.*
      |\*(de|from)\s?:\*.*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_WROTE = re.compile(r"^\s*(le|on)\b(?=.*\d).{4,200}?\b(a\s+écrit|wrote)\s*:", re.IGNORECASE)
_NAMED = re.compile(r"^.{2,120}<\S+@\S+>\s+(a\s+écrit|wrote)\s*:\s*$", re.IGNORECASE)
_AGAIN = re.compile(r"^\s*((le|on)\b.*)?$", re.IGNORECASE)
_QUOTING = re.compile(
    r"<blockquote\b|<div[^>]*(?:gmail_quote|divRplyFwdMsg|appendonsend|moz-cite-prefix|yahoo_quoted)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"""^\s*(
      --\s*
      |(envoyé|sent|expédié|obtenez|get|télécharge[rz])\s+(de(puis)?|à\s+partir|via|from|using|outlook)\b.*
      |(bien\s+|très\s+)?(cordialement|sincèrement|amicalement|respectueusement|courtoisement)\b.{0,20}
      |(bien\s+)?(à\s+vous|salutations.*)[\s,.!]*
      |(sincères|meilleures|cordiales)\s+salutations.*
      |(je\s+vous\s+prie|veuillez)\s+(d.)?(agréer|recevoir|croire).*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)


def message_of(content: bytes) -> EmailMessage:
    """Return a mail from its bytes; the standard reader raises whatever it meets."""
    return email.message_from_bytes(content, policy=email.policy.default)


def text_of(message: EmailMessage) -> str:
    """Return the body of a mail as text; of HTML, without what it quotes."""
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        text = str(body.get_content())
    except LookupError:  # an encoding that nobody knows
        content = body.get_payload(decode=True)
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return _plain(text) if body.get_content_subtype() == "html" else text


def _plain(text: str) -> str:
    """Return the text of a page; elements that mail programs put around a quotation are cut."""
    text = re.sub(r"(?is)<(style|script|head)\b.*?</\1>", " ", text)
    # What follows these is the message that was answered, to the end.
    text = _QUOTING.split(text, maxsplit=1)[0]
    text = re.sub(r"(?i)<(br|/p|/div|/li|/tr)\b[^>]*>", "\n", text)
    return html.unescape(re.sub(r"<[^>]*>", "", text)).replace("\u00a0", " ")


def reply_only(text: str) -> str:
    r"""
    Return what the person wrote: nothing quoted, no header, no signature.

    Examples
    --------
    >>> reply_only("Je viendrai.\n\nLe 1 mars, A <a@exemple.invalid> a écrit :\n> Venez-vous ?")
    'Je viendrai.'
    """
    lines = text.replace("\r\n", "\n").replace("\u00a0", " ").split("\n")
    kept: list[str] = []
    is_signed = False
    rank = 0
    while rank < len(lines):
        line = lines[rank]
        taken = _wrote(lines, rank)
        if taken:
            rank += taken
            if not _is_quoting(lines, rank):
                break  # nothing marks what is quoted: all the rest is
            is_signed = False
            continue
        if _BEFORE.match(line):
            break
        if _QUOTED.match(line):
            is_signed = False  # what is written under a quotation is an answer to it
        elif _SIGNED.match(line):
            is_signed = True
        elif not is_signed:
            kept.append(line)
        rank += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _wrote(lines: list[str], rank: int) -> int:
    """Return over how many lines a program says who wrote what follows; 0 when it does not."""
    if _NAMED.match(lines[rank]):
        return 1
    for count in (1, 2, 3):
        more = lines[rank + 1 : rank + count]
        if any(_AGAIN.match(line) for line in more):  # another sentence, not the rest of this one
            return 0
        if _WROTE.match(" ".join([lines[rank], *more])):
            return count
    return 0


def _is_quoting(lines: list[str], rank: int) -> bool:
    """Whether the next line that is not empty is marked as quoted."""
    following = next((line for line in lines[rank:] if line.strip()), "")
    return bool(_QUOTED.match(following))
