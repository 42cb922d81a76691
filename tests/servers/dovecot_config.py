"""The configuration that Dovecot is started with for the tests, and why each part of it is there."""

import grp
import pwd
from collections.abc import Mapping
from pathlib import Path

PORTS = ("imap", "imaps", "lmtp", "sieve")
JWT_FOLDER = "jwt"

# Whoever is not root can neither change root nor user: each program runs as the one that started it.
_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp sieve
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
shutdown_clients = yes

ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_username_chars = abcdefghijklmnopqrstuvwxyz01234567890.-_@+
auth_cache_size = 0
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%u {folder}/users/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users/%u
}}

mail_location = maildir:~/Maildir
mail_plugins = acl
mail_fsync = never
mailbox_list_index = yes
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
mail_max_userip_connections = 8
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
}}
plugin {{
  acl = vfile
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_extensions = +vacation-seconds
  sieve_vacation_min_period = 0
}}
protocol imap {{
  mail_plugins = acl imap_acl
}}
protocol lmtp {{
  mail_plugins = acl sieve
}}

service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    port = {sieve}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
  # Else each wrong password makes the next sign-in from this machine wait, up to 15 seconds.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def dovecot_config(folder: Path, ports: Mapping[str, int], uid: int, gid: int) -> str:
    """The main file: everything below `folder`, loopback alone."""
    return _CONFIG.format(folder=folder, user=_user(uid), group=_group(gid), **ports)


def oauth2_config(folder: Path) -> str:
    """Tokens are checked with a key of ours, so that no authorization server is asked."""
    return (
        "introspection_mode = local\n"
        f"local_validation_key_dict = fs:posix:prefix={folder}/{JWT_FOLDER}/\n"
        "username_attribute = sub\n"
    )


def _user(uid: int) -> str:
    """The name of a user of this machine."""
    return pwd.getpwuid(uid).pw_name


def _group(gid: int) -> str:
    """The name of a group of this machine."""
    return grp.getgrgid(gid).gr_name
