package dev.remora.tcp;

import dev.remora.spi.Endpoint;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A peer that sends what a test tells it, byte by byte, and reads frames. */
final class RawPeer implements AutoCloseable {
    /** Only reached if the other side does not do what the test waits for. */
    private static final int BOUND_MS = 30_000;

    /** A frame as it came. */
    record Frame(byte type, int code, long rpcId, byte[] payload) {}

    private final Socket socket;
    private final DataInputStream in;

    RawPeer(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout(BOUND_MS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawPeer connect(Endpoint server) {
        try {
            return new RawPeer(new Socket(server.host(), server.port()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServerSocket listen() {
        try {
            ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            listener.setSoTimeout(BOUND_MS);
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Endpoint addressOf(ServerSocket listener) {
        return new Endpoint(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
    }

    static RawPeer accept(ServerSocket listener) {
        try {
            return new RawPeer(listener.accept());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] oddFrame(int length, int type, int flags, int code, long rpcId, byte... payload) {
        return ByteBuffer.allocate(TcpFrame.HEADER_BYTES + payload.length)
                .putInt(length)
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) code)
                .putLong(rpcId)
                .put(payload)
                .array();
    }

    static byte[] frame(int type, long rpcId, byte... payload) {
        return oddFrame(payload.length, type, 0, 0, rpcId, payload);
    }

    static byte[] hello(int version, int role) {
        return hello(version, role, 16 << 20);
    }

    static byte[] hello(int version, int role, long maxMessageBytes) {
        byte[] payload = ByteBuffer.allocate(TcpFrame.HELLO_BYTES)
                .putInt(TcpFrame.MAGIC)
                .putShort((short) version)
                .put((byte) role)
                .put((byte) 0)
                .putLong(maxMessageBytes)
                .array();
        return frame(TcpFrame.HELLO, 0, payload);
    }

    RawPeer send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Frame read() {
        try {
            int length = in.readInt();
            byte type = in.readByte();
            in.readByte();
            int code = in.readUnsignedShort();
            long rpcId = in.readLong();
            return new Frame(type, code, rpcId, in.readNBytes(length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads frames until one of that type comes. */
    Frame read(byte type) {
        Frame frame = read();
        while (frame.type() != type) {
            frame = read();
        }
        return frame;
    }

    /** Whether the other side closes, whatever it sends before. */
    boolean isClosedByOther() {
        try {
            while (in.read() >= 0) {
                // what comes before the end is of no interest
            }
            return true;
        } catch (EOFException e) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // reset: it closed with bytes of ours unread
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
