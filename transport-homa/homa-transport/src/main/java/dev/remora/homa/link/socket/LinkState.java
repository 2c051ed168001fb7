package dev.remora.homa.link.socket;

/** What became of the interface under a socket. */
public enum LinkState {
    /** Frames go and come, as far as is known. */
    UP,
    /** It was switched off; what is sent is lost until it is switched on again. */
    DOWN,
    /** It was removed. The socket never works again, even if one of the same name comes: open a new one. */
    GONE
}
