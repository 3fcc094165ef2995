"""Who is meant by a text that names people, where it is more than one name.

Nobody can tell "Josh Aas, ISRG Executive Director" from "Josh Aas, Alex Halderman" by a rule, so
every such text of the corpora was read and is written out here. One that looks like more than a
name and is not here stops the check, and so does a line whose names are not in its text, in order.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    name: str
    role: str | None = None
    url: str | None = None


def people(*names):
    return tuple(Person(name) for name in names)


AHRTR = "https://github.com/ahrtr"

READ = {
    # Let's Encrypt
    "Josh Aas, ISRG Executive Director": (Person("Josh Aas", "ISRG Executive Director"),),
    "Phil Porada, Site Reliability Engineer": (Person("Phil Porada", "Site Reliability Engineer"),),
    "Jon Millican, Software Engineer, Facebook": (Person("Jon Millican", "Software Engineer, Facebook"),),
    "Jacob Hoffman-Andrews, Boulder developer": (Person("Jacob Hoffman-Andrews", "Boulder developer"),),
    "Franklin Angulo, Squarespace": (Person("Franklin Angulo", "Squarespace"),),
    "Christine Runnegar, ISRG Board of Directors": (Person("Christine Runnegar", "ISRG Board of Directors"),),
    "Shannon Robinson, Sarah Gran and Jonathan Weber-Mendez": people(
        "Shannon Robinson", "Sarah Gran", "Jonathan Weber-Mendez"
    ),
    "Sarah McClure (Let’s Encrypt) & Andrew Lytvynov (Tailscale)": people(
        "Sarah McClure (Let’s Encrypt)", "Andrew Lytvynov (Tailscale)"
    ),
    "Phil Porada & Aaron Gable": people("Phil Porada", "Aaron Gable"),
    "Matthew McPherrin & Filippo Valsorda": people("Matthew McPherrin", "Filippo Valsorda"),
    "Josh Aas, Daniel McCarney, and Roland Shoemaker": people("Josh Aas", "Daniel McCarney", "Roland Shoemaker"),
    "Josh Aas, Dan Fernelius": people("Josh Aas", "Dan Fernelius"),
    "Josh Aas, Alex Halderman": people("Josh Aas", "Alex Halderman"),
    "Josh Aas and Sarah Gran": people("Josh Aas", "Sarah Gran"),
    "Josh Aas and James Renken": people("Josh Aas", "James Renken"),
    "Josh Aas and Aaron Gable": people("Josh Aas", "Aaron Gable"),
    "Dan Fernelius, Sarah Gran": people("Dan Fernelius", "Sarah Gran"),
    # Rust
    "Josh Triplett, Niko Matsakis": people("Josh Triplett", "Niko Matsakis"),
    "Ryan Levick and Mara Bos": people("Ryan Levick", "Mara Bos"),
    "Felix Klock, Wesley Wiser": people("Felix Klock", "Wesley Wiser"),
    "Felix Klock, Mark Rousskov": people("Felix Klock", "Mark Rousskov"),
    "Ryan Levick, Jane Losare-Lusby, Tyler Mandry, Mark Rousskov, Josh Stone, and Josh Triplett": people(
        "Ryan Levick", "Jane Losare-Lusby", "Tyler Mandry", "Mark Rousskov", "Josh Stone", "Josh Triplett"
    ),
    "Niko Matsakis and @mark-i-m": people("Niko Matsakis", "@mark-i-m"),
    "Manish Goregaokar and Joshua Nelson": people("Manish Goregaokar", "Joshua Nelson"),
    "Kyle Strand, Niko Matsakis, and Amanieu d'Antras": people("Kyle Strand", "Niko Matsakis", "Amanieu d'Antras"),
    "Jubilee and Lokathor": people("Jubilee", "Lokathor"),
    "Joshua Nelson and Guillaume Gomez": people("Joshua Nelson", "Guillaume Gomez"),
    "Jane Losare-Lusby and the Governance Reform WG": people("Jane Losare-Lusby", "the Governance Reform WG"),
    "Aleksey Kladov, Igor Matuszewski": people("Aleksey Kladov", "Igor Matuszewski"),
    "Aaron Turon and Niko Matsakis": people("Aaron Turon", "Niko Matsakis"),
    "Jane Lusby, Project Director of Collaboration": (Person("Jane Lusby", "Project Director of Collaboration"),),
    # One person signs, and says for whom; the site printed it so.
    "Jane Lusby, on behalf of The Rust Project Teams": people("Jane Lusby, on behalf of The Rust Project Teams"),
    # etcd
    "[Adam Korczynski](https://twitter.com/AdamKorcz4), [David Korczynski](https://twitter.com/Davkorcz),"
    " [Sahdev Zala](https://twitter.com/sp_zala)": (
        Person("Adam Korczynski", None, "https://twitter.com/AdamKorcz4"),
        Person("David Korczynski", None, "https://twitter.com/Davkorcz"),
        Person("Sahdev Zala", None, "https://twitter.com/sp_zala"),
    ),
    f"[Benjamin Wang]({AHRTR}) Broadcom, [Josh Berkus](https://github.com/jberkus) Red Hat": (
        Person("Benjamin Wang", "Broadcom", AHRTR),
        Person("Josh Berkus", "Red Hat", "https://github.com/jberkus"),
    ),
    f"[Benjamin Wang]({AHRTR}), VMware by Broadcom": (Person("Benjamin Wang", "VMware by Broadcom", AHRTR),),
    f"[Benjamin Wang]({AHRTR}), VMware": (Person("Benjamin Wang", "VMware", AHRTR),),
    "[Gyuho Lee](https://github.com/gyuho), Amazon Web Services": (
        Person("Gyuho Lee", "Amazon Web Services", "https://github.com/gyuho"),
    ),
    "[James Blair](https://github.com/jmhbnz), Red Hat": (
        Person("James Blair", "Red Hat", "https://github.com/jmhbnz"),
    ),
    "[Han Kang](https://github.com/logicalhan), [Marek Siarkowicz](https://github.com/serathius), Frederico Muñoz": (
        Person("Han Kang", None, "https://github.com/logicalhan"),
        Person("Marek Siarkowicz", None, "https://github.com/serathius"),
        Person("Frederico Muñoz"),
    ),
}

MORE_THAN_A_NAME = (",", ";", "&", " and ", " et ", "](", "/", "<")


def read(text):
    """The people that a text names, in order."""
    text = text.strip()
    if not text:
        return ()
    if text in READ:
        return READ[text]
    assert not any(sign in text for sign in MORE_THAN_A_NAME), f"who is meant by {text!r}? See bylines.py"
    return people(text)


for line, meant in READ.items():
    rest = line
    for person in meant:
        for part in (person.name, person.url, person.role):
            if part is not None:
                assert part in rest, (line, part)
                rest = rest.partition(part)[2]
