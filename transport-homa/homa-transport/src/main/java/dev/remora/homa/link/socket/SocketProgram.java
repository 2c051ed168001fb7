package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A program of the classic Berkeley packet filter, with labels to jump to; only forwards, as the kernel demands. */
final class SocketProgram {
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int AND = 0x54;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_AT_LEAST = 0x35;
    private static final int IF_BITS = 0x45;
    private static final int RETURN = 0x06;
    private static final int RETURN_ACCUMULATOR = 0x16;

    /** Longest jump of a condition. */
    private static final int MAX_JUMP = 255;

    /** Places in the program; {@code NEXT} is the instruction that follows. */
    enum Label {
        NEXT,
        OUR_VLAN,
        IPV4,
        TCP_IN_IPV4,
        UDP_IN_IPV4,
        PORTS_IN_IPV4,
        IPV6,
        TCP_IN_IPV6,
        UDP_IN_IPV6,
        PORTS_IN_IPV6,
        PASS,
        DROP
    }

    private record Instruction(int code, int k, Label yes, Label no) {}

    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<Label, Integer> places = new EnumMap<>(Label.class);

    SocketProgram mark(Label label) {
        if (label == Label.NEXT || places.put(label, instructions.size()) != null) {
            throw new IllegalStateException("label " + label + " cannot be set here");
        }
        return this;
    }

    /** A byte of the frame into the accumulator. */
    SocketProgram loadByte(int at) {
        return add(LOAD_BYTE, at, Label.NEXT, Label.NEXT);
    }

    /** Two bytes, in network order. */
    SocketProgram loadHalf(int at) {
        return add(LOAD_HALF, at, Label.NEXT, Label.NEXT);
    }

    SocketProgram and(int bits) {
        return add(AND, bits, Label.NEXT, Label.NEXT);
    }

    SocketProgram ifEqual(int value, Label yes, Label no) {
        return add(IF_EQUAL, value, yes, no);
    }

    SocketProgram ifAtLeast(int value, Label yes, Label no) {
        return add(IF_AT_LEAST, value, yes, no);
    }

    /** Whether any of the bits is set. */
    SocketProgram ifBits(int bits, Label yes, Label no) {
        return add(IF_BITS, bits, yes, no);
    }

    SocketProgram giveBack(int value) {
        return add(RETURN, value, Label.NEXT, Label.NEXT);
    }

    SocketProgram giveBackAccumulator() {
        return add(RETURN_ACCUMULATOR, 0, Label.NEXT, Label.NEXT);
    }

    private SocketProgram add(int code, int k, Label yes, Label no) {
        instructions.add(new Instruction(code, k, yes, no));
        return this;
    }

    /** The struct sock_fprog that the kernel takes, {@link Abi#SOCK_FPROG_BYTES} long. */
    MemorySegment write(Arena arena) {
        int count = instructions.size();
        MemorySegment code = arena.allocate((long) count * Abi.SOCK_FILTER_BYTES, 8);
        for (int i = 0; i < count; i++) {
            Instruction each = instructions.get(i);
            long at = (long) i * Abi.SOCK_FILTER_BYTES;
            code.set(JAVA_SHORT, at + Abi.SOCK_FILTER__CODE, (short) each.code);
            code.set(JAVA_BYTE, at + Abi.SOCK_FILTER__JT, (byte) distance(i, each.yes));
            code.set(JAVA_BYTE, at + Abi.SOCK_FILTER__JF, (byte) distance(i, each.no));
            code.set(JAVA_INT, at + Abi.SOCK_FILTER__K, each.k);
        }
        MemorySegment program = arena.allocate(Abi.SOCK_FPROG_BYTES, 8);
        program.set(JAVA_SHORT, Abi.SOCK_FPROG__LEN, (short) count);
        program.set(JAVA_LONG, Abi.SOCK_FPROG__FILTER, code.address());
        return program;
    }

    private int distance(int from, Label to) {
        if (to == Label.NEXT) {
            return 0;
        }
        Integer place = places.get(to);
        int distance = place == null ? -1 : place - from - 1;
        if (distance < 0 || distance > MAX_JUMP) {
            throw new IllegalStateException("no jump from instruction " + from + " to " + to);
        }
        return distance;
    }
}
