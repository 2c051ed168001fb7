package dev.remora.runtime.resolve;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS server on a free port of the loopback interface, over UDP and TCP, whose records the test sets. */
final class LocalDnsServer implements AutoCloseable {
    private static final int UDP_BYTES = 512;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
    final AtomicInteger queries = new AtomicInteger();
    final AtomicInteger tcpQueries = new AtomicInteger();
    /** Instead of an answer: an Rcode, or -1 for silence; 0 to answer. */
    volatile int trouble = Rcode.NOERROR;

    LocalDnsServer() throws IOException {
        tcp = new ServerSocket();
        udp = bindBoth(tcp);
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    /** Whatever port UDP gets must be free for TCP too. */
    private static DatagramSocket bindBoth(ServerSocket tcp) throws IOException {
        while (true) {
            DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            try {
                tcp.bind(udp.getLocalSocketAddress());
                return udp;
            } catch (BindException e) {
                udp.close();
            }
        }
    }

    String address() {
        return "127.0.0.1:" + udp.getLocalPort();
    }

    /** Replaces all records by these, in the format of zone files with full names. */
    void zone(String... lines) throws IOException {
        records.clear();
        for (String line : lines) {
            try (Master master =
                    new Master(new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.UTF_8)), Name.root)) {
                Record record = master.nextRecord();
                records.merge(
                        record.getName(),
                        List.of(record),
                        (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream())
                                .toList());
            }
        }
    }

    private void serveUdp() {
        byte[] bytes = new byte[4096];
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                udp.receive(packet);
                queries.incrementAndGet();
                Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                if (trouble >= 0) {
                    byte[] answer = answer(query).toWire(UDP_BYTES); // which truncates
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (SocketException e) {
                return; // closed
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] bytes = in.readNBytes(in.readUnsignedShort());
                tcpQueries.incrementAndGet();
                byte[] answer = answer(new Message(bytes)).toWire();
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
            } catch (IOException e) {
                if (!tcp.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private Message answer(Message query) {
        Record question = query.getQuestion();
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RD);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        List<Record> ofName = records.get(question.getName());
        if (trouble != Rcode.NOERROR) {
            answer.getHeader().setRcode(trouble);
        } else if (ofName == null || question.getDClass() != DClass.IN) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        } else {
            ofName.stream()
                    .filter(record -> record.getType() == question.getType() || record.getType() == Type.CNAME)
                    .forEach(record -> answer.addRecord(record, Section.ANSWER));
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
