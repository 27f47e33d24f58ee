// A socket under OpenSSL that raises no SIGPIPE when the other side is gone, as OpenSSL's own does.
#pragma once

struct ssl_st;  // OpenSSL's SSL

namespace ironscribe::server {

// Makes the session read from and write to the non-blocking socket, which it does not own.
bool AttachSocket(ssl_st* session, int socket);

}  // namespace ironscribe::server
