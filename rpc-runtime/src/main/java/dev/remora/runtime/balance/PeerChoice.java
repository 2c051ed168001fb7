package dev.remora.runtime.balance;

import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a pick sees: the peers at one moment and the policy's picker for those that are usable. Immutable; a new one takes its
 * place whenever something changes.
 */
final class PeerChoice {
    private static final Peer[] NONE = {};

    private final Peer[] peers;
    private final Peer[] retired;
    private final @Nullable Picker picker;
    private final boolean usable;
    private final boolean resolved;
    private final String trouble;

    private PeerChoice(
            Peer[] peers, Peer[] retired, @Nullable Picker picker, boolean usable, boolean resolved, String trouble) {
        this.peers = peers;
        this.retired = retired;
        this.picker = picker;
        this.usable = usable;
        this.resolved = resolved;
        this.trouble = trouble;
    }

    /** Before anything is known. */
    static PeerChoice unresolved() {
        return new PeerChoice(NONE, NONE, null, false, false, "its look-up has not ended yet");
    }

    /** @param trouble why there is nobody, for people */
    static PeerChoice nobody(Collection<Peer> retired, String trouble) {
        return new PeerChoice(NONE, retired.toArray(NONE), null, false, true, trouble);
    }

    /** The usable peers of the lowest priority number that has any; if none has, all of them, for somebody must be called. */
    static PeerChoice of(
            Collection<Peer> peers, Collection<Peer> retired, BalancePolicy policy, RandomGenerator random) {
        // Looked at once: a peer may be set aside at any moment.
        List<Peer> fit = peers.stream().filter(PeerChoice::isUsable).toList();
        boolean usable = !fit.isEmpty();
        int best = fit.stream().mapToInt(Peer::priority).min().orElse(0);
        List<Peer> among =
                usable ? fit.stream().filter(peer -> peer.priority() == best).toList() : lastResort(peers);
        return new PeerChoice(
                peers.toArray(NONE), retired.toArray(NONE), policy.picker(among, random), usable, true, "");
    }

    private static boolean isUsable(Peer peer) {
        return peer.phase() != Peer.ASIDE && peer.record.mark != PeerHealth.Mark.NOT_SERVING;
    }

    /** Who says not to serve is asked last of all. */
    private static List<Peer> lastResort(Collection<Peer> peers) {
        List<Peer> unmarked = peers.stream()
                .filter(peer -> peer.record.mark != PeerHealth.Mark.NOT_SERVING)
                .toList();
        return unmarked.isEmpty() ? List.copyOf(peers) : unmarked;
    }

    /** Whether there are peers, however they fare. */
    boolean hasPeers() {
        return picker != null;
    }

    /** Whether one of them takes calls, as far as is known. */
    boolean isUsable() {
        return usable;
    }

    /** Whether one of them takes calls that is not among these. */
    boolean hasOthers(TriedPeers tried) {
        for (Peer peer : peers) {
            if (isUsable(peer) && !tried.contains(peer)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the first look-up has ended, well or not. */
    boolean isResolved() {
        return resolved;
    }

    /** Why there is nobody; empty if there is. */
    String trouble() {
        return trouble;
    }

    /** Those that the resolver names. Not to be written to. */
    Peer[] peers() {
        return peers;
    }

    /** Those that it no longer names, with calls in progress. Not to be written to. */
    Peer[] retired() {
        return retired;
    }

    /**
     * Picks one and counts the call there.
     *
     * @param tried peers to avoid if there are others
     * @param forced whether peers that are set aside will do
     * @return null if nobody takes a call
     */
    @Nullable
    Peer begin(PickRequest request, @Nullable TriedPeers tried, boolean forced) {
        if (picker == null) {
            return null;
        }
        Peer peer = picker.pick(request, tried);
        return peer != null && peer.begin(forced) ? peer : beginElsewhere(picker, request, peer, tried, forced);
    }

    /** Not the first choice: it was tried before, is being tried by another call, or has just been set aside. */
    private @Nullable Peer beginElsewhere(
            Picker from, PickRequest request, @Nullable Peer first, @Nullable TriedPeers tried, boolean forced) {
        TriedPeers refused = tried == null ? new TriedPeers() : tried.copy();
        for (Peer peer = first; peer != null; ) {
            refused.add(peer);
            peer = from.pick(request, refused);
            if (peer != null && peer.begin(forced)) {
                return peer;
            }
        }
        // Better the same one again than none.
        return tried == null || tried.size() == 0 ? null : begin(request, null, forced);
    }
}
