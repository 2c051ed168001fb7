package dev.remora.tcp;

/**
 * The bytes on a connection. All numbers are big-endian and unsigned.
 *
 * <p>Every frame has a header of 16 bytes:
 *
 * <pre>
 *  0  u32  length of the payload that follows the header
 *  4  u8   type
 *  5  u8   0
 *  6  u16  code, see ABORT; 0 for the others
 *  8  u64  rpcId, see the types
 * </pre>
 *
 * <table>
 * <caption>Types</caption>
 * <tr><td>1 HELLO</td><td>both</td><td>first frame of each side, sent at once, rpcId 0, payload of 16 bytes: u32 magic
 *     0x52454D4F ("REMO"), u16 version 1, u8 role (1 client, 2 server), u8 0, u64 largest message the sender takes, in
 *     bytes</td></tr>
 * <tr><td>2 REQUEST</td><td>to server</td><td>payload is the message; rpcIds of a connection rise strictly from 1 or
 *     more, so a repeated one is told without a memory of old ones; sent only after the server's HELLO</td></tr>
 * <tr><td>3 RESPONSE</td><td>to client</td><td>payload is the message</td></tr>
 * <tr><td>4 ABORT</td><td>to client</td><td>the request ends without a response; code 1: the server aborted, 2: the
 *     response exceeds what the client announced in its HELLO</td></tr>
 * <tr><td>5 CANCEL</td><td>to server</td><td>the client no longer wants the response; one may still come</td></tr>
 * <tr><td>6 GOAWAY</td><td>to client</td><td>the server takes no request beyond rpcId (0: none at all); those were and
 *     will not be run. The client closes the connection when it awaits nothing more</td></tr>
 * <tr><td>7 PING</td><td>both</td><td>the other side answers PONG with the same rpcId field</td></tr>
 * <tr><td>8 PONG</td><td>both</td><td>a sign of life, asked for or not</td></tr>
 * </table>
 *
 * <p>Frames other than HELLO, REQUEST and RESPONSE have no payload. A message is one frame, so a long one delays what
 * comes behind it on the same connection; a pool of connections is the remedy that TCP has. Whatever breaks these rules
 * closes the connection. Legal and dropped: a RESPONSE or ABORT for a request that was sent and cancelled, a CANCEL for
 * one that has ended, a REQUEST that crosses a GOAWAY.
 */
final class TcpFrame {
    static final int HEADER_BYTES = 16;
    static final int HELLO_BYTES = 16;
    static final int MAGIC = 0x52454D4F;
    static final int VERSION = 1;
    static final int ROLE_CLIENT = 1;
    static final int ROLE_SERVER = 2;

    static final byte HELLO = 1;
    static final byte REQUEST = 2;
    static final byte RESPONSE = 3;
    static final byte ABORT = 4;
    static final byte CANCEL = 5;
    static final byte GOAWAY = 6;
    static final byte PING = 7;
    static final byte PONG = 8;

    static final int ABORTED = 1;
    static final int RESPONSE_TOO_LARGE = 2;

    private TcpFrame() {}
}
