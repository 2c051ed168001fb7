package dev.remora.homa.protocol.grant;

/** Decides which messages may send how much. */
public final class GrantScheduler {

  private final GrantSettings settings;
  private final GrantSink sink;

  public GrantScheduler(GrantSettings settings, GrantSink sink) {
    this.settings = settings;
    this.sink = sink;
  }

  /** Data of a message arrived; once per batch and message. */
  public void onData(Grantable message, long nowNs) {
    if (settings.budget() < 0) {
      sink.onGrant(message, 0, 0, false);
    }
  }

  /** The RPC of the message died. */
  public void onDead(Grantable message, long nowNs) {}

  /** The protocol timer. */
  public void onTick(long nowNs) {}

  public boolean isManaged(Grantable message) {
    return message.place != Grantable.NONE;
  }

  public long totalIncoming() {
    return 0;
  }

  public int active() {
    return 0;
  }

  public int queued() {
    return 0;
  }

  public int grantable() {
    return 0;
  }

  public long grantableIntegral(long nowNs) {
    return 0;
  }

  public long grantChecks() {
    return 0;
  }

  public long needyGrants() {
    return 0;
  }

  public long fifoGrantBytes() {
    return 0;
  }

  public int maxGrantable() {
    return 0;
  }
}
