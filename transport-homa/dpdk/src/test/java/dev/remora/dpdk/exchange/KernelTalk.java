package dev.remora.dpdk.exchange;

import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.TxQueue;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** Talks ARP and ICMP to the kernel at the other end of a device. */
final class KernelTalk {
    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final long ANSWER_NS = TimeUnit.SECONDS.toNanos(5);

    private final MbufCache cache;
    private final RxQueue rx;
    private final TxQueue tx;
    private final MbufArray in = new MbufArray(32);
    private final MbufArray out = new MbufArray(1);
    private final MbufArray scratch = new MbufArray(1);
    private final Idle idle = new Idle();
    private final byte[] got = new byte[Frames.MOST];
    private final byte[] mac = HexFormat.of().parseHex("020000000a02");
    private final int own;
    private final int target;

    KernelTalk(Port port, MbufCache cache, Words words) {
        this.cache = cache;
        rx = port.rxQueue(0);
        tx = port.txQueue(0);
        own = address(words.text("own"));
        target = address(words.text("target"));
    }

    static int address(String dotted) {
        int address = 0;
        for (String part : dotted.split("\\.")) {
            address = address << 8 | Integer.parseInt(part);
        }
        return address;
    }

    /** Asks for the kernel's MAC, then pings it with payloads of growing length. */
    Words run(int pings) {
        try {
            byte[] peer = resolve();
            int answers = 0;
            for (int i = 0; i < pings; i++) {
                int payload = Math.min(18 + i * 37, 1_472);
                ping(peer, i, payload);
                answers++;
            }
            return Words.of("kernel mac=" + HexFormat.of().formatHex(peer) + " answers=" + answers);
        } finally {
            cache.free(out);
            rx.release();
            tx.release();
        }
    }

    private byte[] resolve() {
        ByteBuffer request = ByteBuffer.allocate(60);
        request.putLong(0xffff_ffff_ffff_0000L).position(6);
        request.put(mac).putShort((short) ARP).putShort((short) 1).putShort((short) IPV4);
        request.put((byte) 6).put((byte) 4).putShort((short) 1);
        request.put(mac).putInt(own).put(new byte[6]).putInt(target);
        send(request.array(), 60);
        long deadline = System.nanoTime() + ANSWER_NS;
        while (true) {
            int length = receive(deadline, "ARP answer");
            ByteBuffer frame = ByteBuffer.wrap(got, 0, length);
            if (length >= 42
                    && frame.getShort(12) == (short) ARP
                    && frame.getShort(20) == 2
                    && frame.getInt(28) == target) {
                byte[] peer = new byte[6];
                frame.get(22, peer);
                return peer;
            }
        }
    }

    private void ping(byte[] peer, int number, int payload) {
        int length = 42 + payload;
        ByteBuffer request = ByteBuffer.allocate(length);
        request.put(peer).put(mac).putShort((short) IPV4);
        request.putInt(0x4500_0000 | length - 14).putInt(number << 16 | 0x4000).putInt(0x4001_0000);
        request.putInt(own).putInt(target);
        request.putShort(24, (short) Checksums.of(request.array(), 14, 20, 0));
        request.putInt(0x0800_0000).putShort((short) 0x5a5a).putShort((short) number);
        while (request.hasRemaining()) {
            request.put((byte) (request.position() * 7 + number));
        }
        request.putShort(36, (short) Checksums.of(request.array(), 34, length - 34, 0));
        send(request.array(), length);
        long deadline = System.nanoTime() + ANSWER_NS;
        while (true) {
            int got = receive(deadline, "answer to ping " + number + " of " + payload + " bytes");
            ByteBuffer frame = ByteBuffer.wrap(this.got, 0, got);
            if (got < 42 || frame.getShort(12) != (short) IPV4 || frame.get(23) != 1 || frame.get(34) != 0) {
                continue;
            }
            if (frame.getShort(40) != (short) number || frame.getShort(16) != (short) (length - 14)) {
                throw new IllegalStateException("another ping's answer: " + frame.getShort(40) + ", not " + number);
            }
            if (Checksums.of(this.got, 34, length - 34, 0) != 0
                    || !frame.slice(42, payload).equals(request.slice(42, payload))) {
                throw new IllegalStateException("answer to ping " + number + " is corrupt");
            }
            return;
        }
    }

    private void send(byte[] frame, int length) {
        long mbuf = Frames.spread(cache, scratch, frame, length, 1);
        if (mbuf == 0) {
            throw new IllegalStateException("no mbuf");
        }
        out.add(mbuf);
        long deadline = System.nanoTime() + ANSWER_NS;
        while (tx.send(out) == 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the device does not take a frame of " + Mbuf.packetLength(mbuf));
            }
        }
    }

    /** The next frame, of which there may be more; those are of no interest here. */
    private int receive(long deadline, String what) {
        while (true) {
            int count = rx.receive(in);
            for (int i = 0; i < count; i++) {
                int length = Frames.gather(in.get(i), got);
                if (length >= 42
                        && ByteBuffer.wrap(got).getInt(2)
                                == ByteBuffer.wrap(mac).getInt(2)) {
                    cache.free(in);
                    return length;
                }
            }
            cache.free(in);
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no " + what + " in time");
            }
            idle.onRound(count > 0);
        }
    }
}
