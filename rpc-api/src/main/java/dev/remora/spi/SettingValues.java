package dev.remora.spi;

/** Checked values of settings. */
public interface SettingValues {
    /** The value of a setting of the owner these values were made for. */
    <T> T get(Setting<T> setting);

    /** A {@link Setting.Type#LONG} or {@link Setting.Type#BYTES} setting whose maximum fits an int. */
    default int getInt(Setting<Long> setting) {
        return Math.toIntExact(get(setting));
    }
}
