/*
 * TCP connections whose every wait can be ended
 *
 * Copyright 2026 The wine-bits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA
 */

/*
 * Names resolved, addresses tried, bytes sent and received over overlapped Winsock, for the other files of shim/.  A connection is
 * used by one thread at a time, the worker of the transfer that owns it.  Every wait ends with the cancel event (E_ABORT) or
 * after `timeout` milliseconds without a byte (ERROR_WINHTTP_TIMEOUT).  No call returns while the system may still touch a
 * caller's buffer.  After any failure of net_recv or net_send the connection is good for net_close only; but after one of net_send
 * what the peer had to say first may still be received.
 */

#ifndef __QMGR_SHIM_NET_H
#define __QMGR_SHIM_NET_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

#define NET_CONNECT_STAGGER 300   /* ms that one address is waited for before the next is tried beside it */
#define NET_CANCEL_CHECK     16   /* ms between looks at the cancel event while data flows without a wait */

struct net_conn;

HRESULT net_init(void);
void net_shutdown(void);

/*
 * Connects to a name or an address literal (IPv6 without brackets, a name that is not ASCII is converted to its IDN form).  All
 * addresses are tried, families in turn; the next one starts when one fails, or beside it after NET_CONNECT_STAGGER.
 * `timeout` covers resolution and connecting together.  Fails with ERROR_WINHTTP_NAME_NOT_RESOLVED, ERROR_WINHTTP_CANNOT_CONNECT,
 * ERROR_WINHTTP_TIMEOUT, E_ABORT; *detail gets the Winsock error.
 */
HRESULT net_connect(const WCHAR *host, UINT16 port, HANDLE cancel, UINT32 timeout, struct net_conn **conn, DWORD *detail);
void net_close(struct net_conn *conn);

/*
 * Receives what is there, at least one byte: into buffer first, and what does not fit into spill (may be NULL), in one call.
 * S_OK with *got > 0 counting both; S_FALSE with *got == 0 when the peer has closed; ERROR_WINHTTP_CONNECTION_ERROR otherwise.
 */
HRESULT net_recv(struct net_conn *conn, void *buffer, UINT32 size, void *spill, UINT32 spill_size, UINT32 *got,
                 HANDLE cancel, UINT32 timeout);

/* Who wants to know what the peer says while it does not take what is sent to it. */
struct net_listener
{
    void *(*place)(void *ctx, UINT32 *size);  /* where to put it, and how much; NULL: nothing more is wanted */
    BOOL (*heard)(void *ctx, UINT32 got);     /* so many octets were put there, 0: the end of all.  FALSE: sending has become pointless, as
                                                 it always has at the end */
    void *ctx;
};

/*
 * Sends all of it in one operation; the system says how it gets on no sooner than at its end, so `timeout` is for all of it.  listener may be
 * NULL.  S_FALSE: the listener has ended it, the peer may have got some of it; the connection can still be received from.
 */
HRESULT net_send(struct net_conn *conn, const void *data, UINT32 size, const struct net_listener *listener, HANDLE cancel, UINT32 timeout);

/* Is the peer still there and silent? FALSE when it has closed or has something to say. Does not wait. */
BOOL net_is_idle(struct net_conn *conn);

/* Octets that can be received without a wait, as far as the system knows. Cheap. */
UINT32 net_available(struct net_conn *conn);

/* Has it nothing to say? Also TRUE when it has closed. Cheap. */
BOOL net_is_silent(struct net_conn *conn);

/* The IDN (ASCII) form of a host name; a copy for plain names and literals. *ascii is malloc'ed. ERROR_WINHTTP_NAME_NOT_RESOLVED. */
HRESULT net_host_to_ascii(const WCHAR *host, WCHAR **ascii);

/* Is it an IPv4 or IPv6 literal? address gets 4 or 16 bytes in network order, the result is that length or 0. */
UINT32 net_parse_literal(const WCHAR *host, BYTE address[16]);

#endif /* __QMGR_SHIM_NET_H */
