"""Who is named in a remark: each line is one rule, and what stands just beside it."""

import pytest

from qpref.intake.people import find_people


def named(text):
    return [text[start:end] for start, end in find_people(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # A civility and what follows; short ones before a capital only.
        ("vu Mme Zorglube hier", ["Mme Zorglube"]),
        ("vu madame zorglube hier", ["madame zorglube"]),
        ("vu Mme Petit hier", ["Mme Petit"]),
        ("vu madame petit hier", []),
        ("vu M Zorglube hier", ["M Zorglube"]),
        ("vu M. Zorglube hier", ["M. Zorglube"]),
        ("il m zorglube", []),
        ("vu Madame la Préfète hier", []),
        ("vu Monsieur Préfet hier", []),
        ("Merci Madame Bonne journée", []),
        ("vu Mme de Zorglube hier", ["Mme de Zorglube"]),
        ("vu Mme de Petit hier", []),
        ("vu Madame, Zorglube", ["Zorglube"]),  # by its capital
        # What asks for a name, whatever its letters.
        ("reçu par zorglube hier", ["zorglube"]),
        ("reçu par Zorglube Fictivel hier", ["Zorglube Fictivel"]),
        ("reçu par un agent", []),
        ("merci à zorglube", ["zorglube"]),
        ("merci à tous", []),
        ("reçu par. Zorglube", []),  # another sentence
        # What rarely asks for one: an unknown word without the ending of another.
        ("merci zorglube", ["zorglube"]),
        ("merci zorgluber", []),
        ("grâce à zorglube", ["zorglube"]),
        ("merci beaucoup zorglube", ["zorglube"]),
        ("bon accueil de zorglube", ["zorglube"]),
        # What may ask for one: a capital, or a first name.
        ("mon mari Zorglube attend", ["Zorglube"]),
        ("mon mari zorglube attend", []),
        ("mon mari fatima attend", ["fatima"]),
        ("mon mari Guichet attend", []),
        ("mon mari claire attend", ["claire"]),  # a word too
        ("je suis Zorglube Fictivel", ["Zorglube Fictivel"]),
        ("je suis zorglube qui attend", ["zorglube"]),
        ("je suis zorglube et j’attends", []),
        ("je suis fatima", ["fatima"]),
        ("demandé à Zorglube hier", ["Zorglube"]),
        ("demandé à zorglube hier", []),
        ("Nom : zorglube", ["zorglube"]),
        ("Nom zorglube", []),
        # Agents, and what they do.
        ("l’agent zorglube m’a bien reçu", ["zorglube"]),
        ("l’agent zorglube parle", []),
        ("écoute parfaite de zorglube", ["zorglube"]),
        # A first name; one that is also a word when it opens what people do, or bears a capital.
        ("vu fatima hier", ["fatima"]),
        ("vu la fatima hier", []),
        ("vu la Fatima hier", ["Fatima"]),
        ("vu Anne-Marie hier", ["Anne-Marie"]),
        # A capital in mid-sentence that nothing explains.
        ("on a vu Zorglube hier", ["Zorglube"]),
        ("on a vu zorglube hier", []),
        ("on va à Zorglube", []),
        ("on a vu Zo hier", []),
        ("on a vu Zor hier", ["Zor"]),
        ("on a vu ANTAI hier", []),
        ("on a vu ANTAIS hier", ["ANTAIS"]),
        ("on a vu Zorglubation hier", []),
        ("au lycée Zorglube", []),
        ("à Saint-Zorglube", []),
        ("MERCI A ZORGLUBE POUR TOUT", ["ZORGLUBE"]),
        ("ON A VU ZORGLUBE HIER", []),
        # What opens a sentence, with what is said after, or another name.
        ("Zorglube m’a bien aidé", ["Zorglube"]),
        ("Zorglube ferme tôt", []),
        ("zorglube m’a aidé", ["zorglube"]),
        ("Zorglube est souriante", ["Zorglube"]),
        ("Zorglube est fermé", []),
        ("Zorglube Fictivel arrive", ["Zorglube Fictivel"]),
        ("Zorglube et Fictivel", ["Zorglube", "Fictivel"]),
        ("Zorglube, Fictivel", ["Zorglube", "Fictivel"]),
        ("Zorglube ; Fictivel", []),
        ("Zorglube", []),
        ("Zorglube et", []),
        # Names told together; up to four words apart.
        ("merci à zorglube et Fictivel", ["zorglube", "Fictivel"]),
        ("merci à zorglube & Fictivel", ["zorglube", "Fictivel"]),
        ("merci à Zorglube ainsi qu’à Fictivel", ["Zorglube", "Fictivel"]),
        ("merci à zorglube et fictivel", ["zorglube"]),
        ("merci à zorglube et fatima", ["zorglube", "fatima"]),
        ("merci à zorglube. Guichet fermé", ["zorglube"]),
        ("merci à zorglube, Claire", ["zorglube", "Claire"]),
        ("merci à zorglube / Claire", ["zorglube", "Claire"]),
        ("merci à zorglube puis Claire", ["zorglube", "Claire"]),
        ("merci à zorglube ; Claire", ["zorglube"]),
        # A first name that is a common word too is one beside another name only.
        ("merci à zorglube / France", ["zorglube", "France"]),
        ("merci à zorglube, France", ["zorglube", "France"]),
        ("merci à zorglube et France", ["zorglube", "France"]),
        ("merci à zorglube puis encore France", ["zorglube"]),
        ("on a vu / France", []),
        ("France et fatima ferment", ["France", "fatima"]),
        (
            "merci à zorgla zorglb zorglc zorgld zorgle zorglf",
            ["zorgla zorglb zorglc zorgld zorgle"],
        ),
        ("Claire et fatima ferment", ["Claire", "fatima"]),
        ("Claire, fatima ferment", ["Claire", "fatima"]),
        ("Claire ferme", []),
        ("vu Aab Bac Cad Daf Fag Gah", ["Aab Bac Cad Daf Fag Gah"]),
        # A surname before or after, with its particle.
        ("vu ZORGLUBE Fatima hier", ["ZORGLUBE Fatima"]),
        ("vu fatima ben Zorglube hier", ["fatima ben Zorglube"]),
        ("vu fatima de Zorglube hier", ["fatima de Zorglube"]),
        ("vu fatima de près", ["fatima"]),
        ("[nom] m’a aidé", []),
        ("", []),
    ],
)
def test_a_name_is_told_by_what_stands_around(text, names):
    assert named(text) == names
