package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Plain blocking sockets: the least that stands between a caller and the kernel. */
public final class BlockingSocketContender implements Contender {
    @Override
    public String name() {
        return "blocking";
    }

    @Override
    public String description() {
        return "blocking SocketChannel, one connection and platform thread per outstanding call, length-prefixed protobuf";
    }

    @Override
    public int maxOutstanding() {
        return 32;
    }

    @Override
    public EchoServer start() throws IOException {
        return new Server();
    }

    @Override
    public EchoClient connect(InetSocketAddress server) {
        return new Client(server);
    }

    private static final class Server implements EchoServer {
        private final ServerSocketChannel listener = ServerSocketChannel.open();
        private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
        private final int port;

        Server() throws IOException {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            Thread.ofPlatform().daemon().name("echo-accept").start(this::accept);
        }

        @Override
        public int port() {
            return port;
        }

        private void accept() {
            try {
                while (true) {
                    SocketChannel connection = listener.accept();
                    connections.add(connection);
                    Thread.ofPlatform().daemon().name("echo-connection").start(() -> serve(connection));
                }
            } catch (ClosedChannelException e) {
                // close() ends the loop this way.
                return;
            } catch (IOException e) {
                throw new IllegalStateException("accepting echo connections failed", e);
            }
        }

        private void serve(SocketChannel connection) {
            try (connection) {
                MessageSocket socket = new MessageSocket(connection);
                for (EchoMessage request = socket.read(); request != null; request = socket.read()) {
                    socket.write(EchoMessage.newBuilder()
                            .setId(request.getId())
                            .setPayload(request.getPayload())
                            .build());
                }
            } catch (ClosedChannelException e) {
                // close() ends the loop this way.
                return;
            } catch (IOException e) {
                System.err.println("echo connection lost: " + e);
            } finally {
                connections.remove(connection);
            }
        }

        @Override
        public void close() {
            Closing.quietly(listener);
            connections.forEach(Closing::quietly);
        }
    }

    private static final class Client implements EchoClient {
        private final InetSocketAddress server;
        private final Queue<MessageSocket> idle = new ConcurrentLinkedQueue<>();
        private final Set<MessageSocket> all = ConcurrentHashMap.newKeySet();

        Client(InetSocketAddress server) {
            this.server = server;
        }

        @Override
        public boolean isAsync() {
            return false;
        }

        @Override
        public EchoMessage call(EchoMessage request) throws IOException {
            MessageSocket socket = idle.poll();
            if (socket == null) {
                SocketChannel connection = SocketChannel.open(server);
                connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
                socket = new MessageSocket(connection);
                all.add(socket);
            }
            socket.write(request);
            EchoMessage response = socket.read();
            if (response == null) {
                throw new IOException("the server closed the connection");
            }
            idle.add(socket);
            return response;
        }

        @Override
        public void close() {
            all.forEach(Closing::quietly);
        }
    }
}
