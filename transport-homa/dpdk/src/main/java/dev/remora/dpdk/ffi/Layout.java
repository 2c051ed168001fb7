package dev.remora.dpdk.ffi;

import dev.remora.dpdk.DpdkVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Sizes and offsets of DPDK's structs, as data: one file per release beside this class. Those of the installed release are
 * compared with its C headers by a test. Look values up once, into static final fields of classes that are not
 * initialised before the libraries are loaded: then they are constants to the JIT.
 */
public final class Layout {
    private final DpdkVersion version;
    private final Properties values;

    private Layout(DpdkVersion version, Properties values) {
        this.version = version;
        this.values = values;
    }

    /** The layout of a release. */
    public static Layout of(DpdkVersion version) {
        String name = "layout-" + version.release() + ".properties";
        Properties values = new Properties();
        try (InputStream in = Layout.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            values.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
        return new Layout(version, values);
    }

    /** The layout of the libraries that were loaded. */
    public static Layout loaded() {
        return Libraries.loaded().layout();
    }

    public DpdkVersion version() {
        return version;
    }

    /**
     * Offset of a field in bytes.
     *
     * @param field struct and field, such as {@code rte_mbuf.data_off}
     */
    public int offset(String field) {
        return value(field);
    }

    /** Size of a struct in bytes. */
    public int sizeOf(String struct) {
        return value("sizeof." + struct);
    }

    /** A numeric macro of DPDK's build, such as {@code RTE_MAX_ETHPORTS}. */
    public int constant(String name) {
        return value(name);
    }

    /** All entries, for the test that compares them with the headers. */
    Properties values() {
        return values;
    }

    private int value(String key) {
        String text = values.getProperty(key);
        if (text == null) {
            throw new IllegalArgumentException("layout of DPDK " + version.release() + " has no " + key);
        }
        return Integer.parseInt(text);
    }
}
