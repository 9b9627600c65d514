/** How a server that does not run as root gets its capabilities; the end of an error message. */
export function grantAdvice(): string {
  return (
    `grant Node.js both capabilities, setcap cap_net_bind_service,cap_net_raw=+ep ${process.execPath}, ` +
    'or in a systemd unit, AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_RAW, or start as root'
  );
}
