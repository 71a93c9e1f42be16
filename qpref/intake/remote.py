"""Answers asked of a LimeSurvey server, through RemoteControl 2, as the export they would come in.

Facts of the protocol: LimeSurvey/LimeSurvey, `remotecontrol_handle.php` (00109dd), functions
`get_session_key` and `export_responses`.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from qpref.errors import QprefError, UsageError, listing
from qpref.lazy import lazy

if TYPE_CHECKING:
    import citric
    import requests
    from citric import exceptions
else:
    citric = lazy("citric")
    exceptions = lazy("citric.exceptions")
    requests = lazy("requests")

USER, KEY = "QPREF_LIMESURVEY_UTILISATEUR", "QPREF_LIMESURVEY_CLE"
_SCHEME = "limesurvey"
_INTERFACE = "index.php/admin/remotecontrol"
_WAIT = (10, 300)  # seconds: to be answered at all, and between two pieces of an export
_EMPTY = "No Data"
_SAID = {
    "Invalid user name or password": (
        "ne connaît pas cet utilisateur ou cette clé",
        f"Vérifiez {USER} et {KEY}.",
    ),
    "You have exceeded": (
        "a fermé sa porte après trop de clés fausses",
        f"Vérifiez {USER} et {KEY}, attendez dix minutes, puis recommencez.",
    ),
    "No permission": (
        "ne laisse pas cet utilisateur exporter cette enquête",
        "Demandez au propriétaire de l’enquête le droit « Réponses : exporter ».",
    ),
    "Invalid session key": (
        "a fermé la session avant la fin",
        "Recommencez.",
    ),
    _EMPTY: (
        "n’a aucune réponse à cette enquête, ou l’enquête n’est pas (ou plus) activée",
        "Rien n’est changé ici. Vérifiez le numéro de l’enquête et son état dans LimeSurvey.",
    ),
}


class RemoteError(
    QprefError, exit_code=24, meaning="serveur de questionnaires injoignable, ou qui refuse"
):
    """A survey server that cannot be reached, or does not give the answers asked for."""


@dataclass(frozen=True)
class RemoteSurvey:
    """
    A survey on a LimeSurvey server: `limesurvey://` host, folder if any, `/` number.

    Examples
    --------
    >>> RemoteSurvey.of("limesurvey://enquetes.exemple.invalid/lime/481516").url
    'https://enquetes.exemple.invalid/lime/index.php/admin/remotecontrol'
    """

    url: str
    host: str
    number: int

    @staticmethod
    def is_meant(text: str) -> bool:
        """Whether a text names a survey on a server, not a file."""
        return text.casefold().startswith(f"{_SCHEME}:")

    @classmethod
    def of(cls, text: str) -> "RemoteSurvey":
        """
        Return the survey that an address names.

        Raises
        ------
        UsageError
            If the address says no host or no number, or holds what must not be written there.
        """
        remedy = (
            f"Écrivez « {_SCHEME}://serveur/numéro », par exemple "
            f"{_SCHEME}://enquetes.exemple.fr/481516 ; l’utilisateur et la clé se donnent par "
            f"{USER} et {KEY}, jamais dans l’adresse."
        )
        parts = urlsplit(text)
        folder, _, number = parts.path.rstrip("/").rpartition("/")
        try:
            is_whole = bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_whole = False
        if "@" in parts.netloc:
            raise UsageError("L’adresse de l’enquête contient un utilisateur ou une clé.", remedy)
        if not is_whole or not (number.isascii() and number.isdigit()):
            raise UsageError(f"« {text} » n’est pas l’adresse d’une enquête.", remedy)
        scheme = "http" if _is_this_machine(parts.hostname or "") else "https"
        url = f"{scheme}://{parts.netloc}{folder}/{_INTERFACE}"
        return cls(url, parts.netloc, int(number))

    @property
    def name(self) -> str:
        """The survey as it is told: no folder, no key."""
        return f"{_SCHEME}://{self.host}/{self.number}"

    def file_name(self, campaign: str) -> str:
        """Name of the file in which its answers to a campaign are kept."""
        return f"{_SCHEME}_{self.number}_{campaign}.csv"


def _is_this_machine(host: str) -> bool:
    """Whether a host is this machine: only there does a key travel in clear."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def fetch(survey: RemoteSurvey, environment: Mapping[str, str] = os.environ) -> bytes:
    """
    Return all the answers of a survey: a CSV headed by codes, with unfinished ones.

    Parameters
    ----------
    survey
        Whose answers.
    environment
        Where the user and the key are.

    Raises
    ------
    UsageError
        If the user or the key is not given.
    RemoteError
        If the server cannot be reached, refuses, has no answer, or sends something else.
    """
    absent = [name for name in (USER, KEY) if not environment.get(name)]
    if absent:
        raise UsageError(
            f"L’utilisateur ou la clé de LimeSurvey manque ({listing(absent)}).",
            f"Donnez-les par les variables d’environnement {USER} et {KEY}.",
        )
    with _told(survey), closing(_Patient(requests.Session())) as session:
        client = citric.Client(
            survey.url,
            environment[USER],
            environment[KEY],
            requests_session=cast("requests.Session", session),
        )
        try:
            content: bytes = client.export_responses(
                survey.number,
                file_format="csv",
                completion_status="all",
                heading_type="code",
                response_type="long",
            )
        finally:
            with suppress(Exception):  # the key ends by itself
                client.close()
    return content


class _Patient:
    """What the client asks of an HTTP session: it never waits without end, nor goes elsewhere."""

    def __init__(self, session: "requests.Session") -> None:
        self._session = session
        self.headers = session.headers

    def post(self, url: str, **given: Any) -> "requests.Response":  # noqa: ANN401
        """Send a request without following redirects: the session key is meant for one address."""
        answer = self._session.post(url, timeout=_WAIT, allow_redirects=False, **given)
        if answer.is_redirect:
            raise _MovedError(urlsplit(answer.headers["location"])._replace(query="").geturl())
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


class _MovedError(Exception):
    """The server sends elsewhere."""


@contextmanager
def _told(survey: RemoteSurvey) -> Iterator[None]:
    """Tell what goes wrong on the way in a sentence, without the key."""
    try:
        yield
    except exceptions.LimeSurveyStatusError as error:
        what, remedy = _refusal(str(error))
        what = f"{what} (enquête {survey.number})"
    except requests.RequestException as error:
        what, remedy = _failure(error)
    except (
        _MovedError,
        exceptions.LimeSurveyError,
        exceptions.ResponseMismatchError,
        ValueError,
        TypeError,
    ) as error:
        what, remedy = _strange(error)
    else:
        return
    raise RemoteError(f"Le serveur « {survey.host} » {what}.", remedy)


def _refusal(said: str) -> tuple[str, str]:
    """Return what a status of LimeSurvey says, and what to do."""
    known = (told for mark, told in _SAID.items() if mark in said)
    return next(known, (f"refuse : « {said} »", "Montrez ce message à qui le gère."))


def _failure(error: "requests.RequestException") -> tuple[str, str]:
    """Return why no answer came, and what to do."""
    if isinstance(error, requests.Timeout):
        return "ne répond pas à temps", "Recommencez plus tard."
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "présente un certificat que ce poste ne reconnaît pas",
            "Demandez le certificat de votre réseau, et donnez son chemin par REQUESTS_CA_BUNDLE.",
        )
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return (
            f"répond par l’erreur {error.response.status_code}",
            "Vérifiez l’adresse : celle de LimeSurvey, puis « / » et le numéro de l’enquête.",
        )
    return "est injoignable", "Vérifiez l’adresse, le réseau et le mandataire (proxy)."


def _strange(error: Exception) -> tuple[str, str]:
    """Return what came instead of an answer, and what to do."""
    if isinstance(error, _MovedError):
        return (
            f"renvoie à « {error} » : la clé n’y est pas envoyée",
            "Donnez l’adresse à laquelle LimeSurvey répond lui-même.",
        )
    return (
        "ne parle pas comme LimeSurvey",
        "Dans LimeSurvey, un administrateur doit activer l’interface JSON-RPC (« Paramètres "
        "généraux », « Interfaces »). Vérifiez aussi l’adresse.",
    )
