"""Digest, by the RFC's own examples."""

import re

import pytest

from boundary_files.web_digest import Digest, read_challenge

#: RFC 7616, section 3.9.1.
EXAMPLE = (
    'realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


@pytest.mark.parametrize(
    "algorithm, response",
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_section_3_9_1(algorithm: str, response: str) -> None:
    """Both hashes of one request."""
    challenge = read_challenge(EXAMPLE.format(algorithm))
    assert challenge is not None

    answer = Digest(challenge).answer(
        "Mufasa", "Circle of Life", "GET", "/dir/index.html",
        client_nonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )  # fmt: skip

    assert f'response="{response}"' in answer
    assert f"algorithm={algorithm}, qop=auth, nc=00000001" in answer
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"' in answer


def test_each_request_counts_and_has_a_nonce_of_its_own() -> None:
    """RFC 7616, section 3.4: nc never comes twice with one nonce."""
    digest = Digest({"realm": "files", "nonce": "n", "qop": "auth"})

    answers = [digest.answer("therapist", "pass", "GET", "/") for _ in range(2)]

    assert ["nc=00000001", "nc=00000002"] == [re.findall(r"nc=\w+", each)[0] for each in answers]
    assert 2 == len({re.findall(r'cnonce="[^"]+"', each)[0] for each in answers})


def test_a_host_of_the_days_of_rfc_2069_is_answered() -> None:
    """Without qop there is neither nc nor its place in the hash."""
    answer = Digest({"realm": "files", "nonce": "n"}).answer("therapist", "pass", "GET", "/a")

    # md5("md5(therapist:files:pass):n:md5(GET:/a)"), by the shell.
    assert 'response="bcc9c9cb531693f1356777b1be4f482b"' in answer
    assert "nc=" not in answer


@pytest.mark.parametrize(
    "parameters",
    [
        'realm="files", nonce="n", algorithm=SHA-512-256',
        'realm="files", nonce="n", qop="auth-int"',
        'nonce="n", qop="auth"',
        'realm="files"',
        "",
    ],
)
def test_a_challenge_of_another_kind_is_none(parameters: str) -> None:
    """It is told, and not guessed at."""
    assert read_challenge(parameters) is None
