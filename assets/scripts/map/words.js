// What a map says of its own, in the language of the page.

const chinese = document.documentElement.lang.startsWith("zh");

/** MapLibre's own words. */
export const LOCALE = chinese
  ? {
      "NavigationControl.ZoomIn": "放大",
      "NavigationControl.ZoomOut": "缩小",
      "AttributionControl.ToggleAttribution": "数据来源",
      "Popup.Close": "关闭",
      "ScaleControl.Meters": "米",
      "ScaleControl.Kilometers": "公里",
      "Map.Title": "地图",
      "CooperativeGesturesHandler.WindowsHelpText": "按住 Ctrl 滚动来缩放地图",
      "CooperativeGesturesHandler.MacHelpText": "按住 ⌘ 滚动来缩放地图",
      "CooperativeGesturesHandler.MobileHelpText": "用两个手指移动地图",
    }
  : {};

/** Ours. */
export const WORDS = chinese
  ? { free: "空闲", of: "共", fast: "快充", slow: "慢充", price: "元/度", open: "营业中", closed: "未营业", asOf: "更新于", unheard: "部分枪没有状态", stations: "座充电站" }
  : { free: "free", of: "of", fast: "fast", slow: "slow", price: "yuan/kWh", open: "open now", closed: "closed now", asOf: "heard", unheard: "not every connector has a status", stations: "stations" };

/** The time of day of a moment, in China. */
export function clock(ms) {
  return new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" }).format(ms);
}
