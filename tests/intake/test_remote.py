"""The address of a survey on a server, and what is said when the server fails; no one is asked."""

import pytest
import requests
from citric import exceptions

from qpref.errors import UsageError
from qpref.intake.remote import KEY, USER, RemoteError, RemoteSurvey, _MovedError, _told, fetch

SURVEY = RemoteSurvey.of("limesurvey://h.exemple.invalid/dossier/481516")


@pytest.mark.parametrize(
    "address",
    [
        "limesurvey:481516",
        "limesurvey://",
        "limesurvey:///481516",
        "limesurvey://enquetes.exemple.invalid",
        "limesurvey://enquetes.exemple.invalid/",
        "limesurvey://enquetes.exemple.invalid/accueil",
        "limesurvey://enquetes.exemple.invalid:abc/12",
        "limesurvey://moi:cle@enquetes.exemple.invalid/12",
    ],
)
def test_an_address_that_names_no_survey_is_refused(address):
    with pytest.raises(UsageError, match="QPREF_LIMESURVEY_CLE"):
        RemoteSurvey.of(address)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("limesurvey://h.exemple.invalid/7", "https://h.exemple.invalid/index.php"),
        (
            "limesurvey://h.exemple.invalid:8443/a/b/7/",
            "https://h.exemple.invalid:8443/a/b/index.php",
        ),
        ("LimeSurvey://localhost:80/7", "http://localhost:80/index.php"),
        ("limesurvey://127.0.0.1/7", "http://127.0.0.1/index.php"),
        ("limesurvey://127.0.0.1.exemple.invalid/7", "https://127.0.0.1.exemple.invalid/index.php"),
    ],
)
def test_the_key_travels_in_clear_to_this_machine_only(address, url):
    survey = RemoteSurvey.of(address)
    assert (survey.url, survey.number) == (f"{url}/admin/remotecontrol", 7)


def test_a_survey_is_told_and_kept_without_its_folder():
    assert SURVEY.name == "limesurvey://h.exemple.invalid/481516"
    assert SURVEY.file_name("2020-11") == "limesurvey_481516_2020-11.csv"
    assert RemoteSurvey.is_meant("LIMESURVEY://x")
    assert not RemoteSurvey.is_meant("limesurvey.csv")


def answer(status):
    found = requests.Response()
    found.status_code = status
    return found


@pytest.mark.parametrize(
    ("error", "told", "remedy"),
    [
        (requests.Timeout(), "ne répond pas à temps", "Recommencez"),
        (requests.exceptions.SSLError(), "certificat", "REQUESTS_CA_BUNDLE"),
        (requests.HTTPError(response=answer(404)), "l’erreur 404", "l’adresse"),
        (requests.HTTPError(), "est injoignable", "le réseau"),
        (requests.ConnectionError(), "est injoignable", "le réseau"),
        (exceptions.LimeSurveyStatusError("Invalid user name or password"), "cette clé", USER),
        (exceptions.LimeSurveyStatusError("You have exceeded 3"), "trop de clés", "dix minutes"),
        (exceptions.LimeSurveyStatusError("Autre"), "refuse : « Autre »", "ce message"),
        (
            _MovedError("https://ailleurs.exemple.invalid"),
            "renvoie à « https://ailleurs",
            "lui-même",
        ),
        (ValueError(), "ne parle pas comme LimeSurvey", "JSON-RPC"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_a_remedy(error, told, remedy):
    with pytest.raises(RemoteError) as found, _told(SURVEY):
        raise error

    assert told in found.value.sentence
    assert remedy in found.value.remedy
    assert found.value.sentence.startswith("Le serveur « h.exemple.invalid » ")
    is_status = isinstance(error, exceptions.LimeSurveyStatusError)
    assert found.value.sentence.endswith("(enquête 481516).") is is_status
    with _told(SURVEY):
        pass  # nothing went wrong


@pytest.mark.parametrize(
    ("given", "absent"),
    [({}, f"({USER} et {KEY})"), ({USER: "u"}, f"({KEY})"), ({KEY: "c", USER: ""}, f"({USER})")],
)
def test_without_a_user_or_a_key_no_server_is_asked(given, absent):
    with pytest.raises(UsageError) as found:
        fetch(SURVEY, given)

    assert found.value.sentence.replace(", ", " et ").endswith(f"{absent}.")
